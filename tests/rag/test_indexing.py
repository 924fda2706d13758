"""The life of an index: only new text is embedded, nothing deleted survives, a failure changes nothing."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from embeddings import EmbeddingCache, keys_of
from embeddings.cache import COMMIT_EVERY
from rag.errors import CannotWrite, Locked, NoInput
from rag.indexing import CACHE, LOCK, MEMO, build_index
from rag.passages import cut_passages
from rag.settings import Settings
from rag.snapshot import CURRENT, SNAPSHOTS, current_path
from rag.snapshot_writer import BUILDING
from tests.letters import LetterEncoder
from tests.library import Library, new_library
from tests.rag.formats.files import page

ROOT = Path(__file__).parents[2]
TEXTS = {
    "one": "Le Luxembourg et le Maroc ont signé un accord. La visite a duré trois jours.",
    "two": "Morocco and Luxembourg signed a declaration in Rabat. The ministers met twice.",
}
# Words that stand nowhere else, not even as a part; the terms of an index are in lower case.
MARKED = "Le zyxwvutable est arrivé. Un qqkjhzique accord suit, signé à Oujda."
MARKS = (b"zyxwvutable", b"qqkjhz", b"marked.txt")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = new_library(tmp_path)
    library.write(**TEXTS)
    return library


def traces(data: Path, marks: tuple[bytes, ...]) -> dict[bytes, list[str]]:
    """Return for each mark the files of the data folder, of any kind, that hold it, in any case."""
    contents = {path.name: path.read_bytes().lower() for path in data.rglob("*") if path.is_file()}
    return {mark: [name for name, content in contents.items() if mark in content] for mark in marks}


def texts_of(library: Library) -> set[str]:
    """Return what has a vector in the index: passages, with their title."""
    with library.opened() as snapshot:
        documents = snapshot.documents()
        tokens = snapshot.manifest.passage_tokens
    found = set()
    for document in documents:
        for passage in cut_passages(document, tokens):
            text, title = passage.span.slice(document.text), document.metadata.title
            found.add(text if title is None or title in text or passage.boilerplate else f"{title}\n{text}")
    return found


def cached(library: Library) -> set[bytes]:
    keys = set()
    for path in (library.data / CACHE).glob("*.sqlite"):
        database = sqlite3.connect(path)
        keys |= {key for (key,) in database.execute("SELECT key FROM blobs")}
        database.close()
    return keys


def remembered(library: Library) -> set[bytes]:
    """Return what is kept of articles, decompressed."""
    with sqlite3.connect(library.data / MEMO) as database:
        found = {zlib.decompress(blob) for (blob,) in database.execute("SELECT blob FROM blobs")}
    database.close()
    return found


def test_a_first_run_embeds_every_text_once(library: Library) -> None:
    library.write(copy=TEXTS["one"])
    report = library.index()
    assert (report.rebuilt, report.documents) == (True, 3)
    assert report.change.added == ("articles/copy.txt", "articles/one.txt", "articles/two.txt")
    assert report.embedded == len(texts_of(library)) < report.passages


def test_a_second_run_over_the_same_articles_does_nothing(library: Library) -> None:
    first, path = library.index(), current_path(library.data)
    second = library.index()
    assert (second.rebuilt, second.embedded, second.change.unchanged) == (False, 0, 2)
    assert (second.index, current_path(library.data)) == (first.index, path)


def test_only_new_text_is_embedded(library: Library) -> None:
    library.index()
    before = texts_of(library)
    library.write(one=TEXTS["one"] + " Une phrase de plus.", three="Un troisième texte. Il est court.")
    report = library.index()
    assert report.change.added == ("articles/three.txt",)
    assert report.change.changed == ("articles/one.txt",)
    assert (report.change.deleted, report.change.unchanged) == ((), 1)
    assert report.embedded == len(texts_of(library) - before)


@pytest.mark.parametrize(
    "stated", ['title = "Autre"', 'outlet = "Autre"', "published_on = 2020-01-02", 'language = "fr"']
)
def test_an_article_of_which_something_else_is_known_has_changed(library: Library, stated: str) -> None:
    library.index()
    (library.articles / "articles.toml").write_text(f'["two.txt"]\n{stated}\n')
    report = library.index()
    assert report.rebuilt
    assert (report.change.changed, report.change.unchanged) == (("articles/two.txt",), 1)


def test_a_deleted_article_leaves_no_byte_in_any_file(library: Library) -> None:
    library.write(marked=MARKED)
    library.index()
    assert all(traces(library.data, MARKS).values())  # the marks can be found where they are
    (library.articles / "marked.txt").unlink()
    report = library.index()
    assert report.change.deleted == ("articles/marked.txt",)
    assert report.embedded == 0
    assert traces(library.data, MARKS) == {mark: [] for mark in MARKS}


def test_what_was_worked_out_is_kept_as_long_as_the_article(library: Library) -> None:
    for number in range(3):
        body = f"<p>{MARKED} La {number}e phrase d'une page que le lecteur a lue en entier, dit-on.</p>"
        (library.articles / f"{number}.html").write_bytes(page(body=body))
    library.index()
    first = remembered(library)
    assert any(b"zyxwvutable" in one for one in first)
    assert not library.index().rebuilt
    assert remembered(library) == first
    (library.articles / "1.html").unlink()
    report = library.index()
    assert report.change.deleted == ("articles/1.html",)
    assert remembered(library) < first
    for path in library.articles.glob("*.html"):
        path.unlink()
    library.index()
    assert not any(b"zyxwvutable" in one for one in remembered(library))
    assert traces(library.data, MARKS) == {mark: [] for mark in MARKS}


def test_where_what_was_read_cannot_be_kept_the_old_index_stands(library: Library) -> None:
    before = library.index().index
    (library.data / MEMO).unlink()
    (library.data / MEMO).mkdir()  # no file can be made there
    (library.articles / "page.html").write_bytes(page())
    with pytest.raises(CannotWrite, match=str(library.data)):
        library.index()
    with library.opened() as snapshot:
        assert snapshot.id == before


def test_a_changed_article_leaves_no_byte_of_what_it_was(library: Library) -> None:
    library.write(marked=MARKED)
    library.index()
    library.write(marked="Un autre texte.")
    library.index()
    assert traces(library.data, MARKS[:2]) == {mark: [] for mark in MARKS[:2]}


def test_the_cache_forgets_a_deleted_article(library: Library) -> None:
    library.write(marked=MARKED)
    library.index()
    digests = tuple(
        hashlib.sha256(text.encode()).digest().lower() for text in texts_of(library) if "zyx" in text
    )
    assert all(traces(library.data, digests).values())
    (library.articles / "marked.txt").unlink()
    library.index()
    assert traces(library.data, digests) == {digest: [] for digest in digests}
    assert cached(library) == {hashlib.sha256(text.encode()).digest() for text in texts_of(library)}


def test_the_cache_of_a_former_model_forgets_a_deleted_article(library: Library) -> None:
    library.write(marked=MARKED)
    library.index()
    (library.articles / "marked.txt").unlink()
    other = replace(library, encoder=LetterEncoder(fingerprint="5d" * 32))
    other.index()
    live = {hashlib.sha256(text.encode()).digest() for text in texts_of(other)}
    assert cached(other) <= live


def test_a_run_goes_on_where_an_interrupted_one_stopped(library: Library) -> None:
    library.write(long=" ".join(f"Une phrase de plus, la {number}e." for number in range(60 * COMMIT_EVERY)))

    def interrupt(stage: str, done: int, total: int) -> None:
        if stage == "embedding" and done > COMMIT_EVERY:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index([library.articles], Settings(data=library.data), library.encoder, interrupt)
    kept = len(cached(library))
    assert kept >= COMMIT_EVERY
    report = library.index()
    assert report.embedded == len(texts_of(library)) - kept


def test_what_an_interrupted_run_left_is_swept_though_nothing_changed(library: Library) -> None:
    library.index()
    left = library.data / SNAPSHOTS / f"{BUILDING}0123456789ab"
    left.mkdir()
    (left / "articles.sqlite").write_bytes(MARKED.encode())
    with EmbeddingCache(library.data / CACHE, library.encoder) as cache:
        cache.encode_passages([MARKED], keys_of([MARKED]), lambda done: None)
    assert not library.index().rebuilt
    assert not left.exists()
    assert hashlib.sha256(MARKED.encode()).digest() not in cached(library)


def test_what_an_interrupted_run_left_is_swept_by_a_rebuild(library: Library) -> None:
    library.index()
    left = library.data / SNAPSHOTS / f"{BUILDING}0123456789ab"
    left.mkdir()
    library.write(three="Un troisième texte.")
    library.index()
    assert [path.name for path in (library.data / SNAPSHOTS).iterdir()] == [current_path(library.data).name]


def test_a_damaged_index_is_repaired_by_the_command_that_its_error_names(library: Library) -> None:
    library.index()
    for name in (
        "passages.faiss",
        "vocabulary/kinds.npy",
        "lexical/meta.json",
        "articles.sqlite",
        "manifest.json",
    ):
        path = current_path(library.data) / name
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert library.index().rebuilt, name
        with library.opened() as snapshot:
            assert snapshot.manifest.counts.documents == 2


def test_a_lost_pointer_is_repaired(library: Library) -> None:
    library.index()
    for content in (b"", b"nowhere", b"x" * 300):
        (library.data / CURRENT).write_bytes(content)
        assert library.index().rebuilt
        with library.opened() as snapshot:
            assert snapshot.manifest.counts.documents == 2


def test_a_damaged_cache_is_made_anew(library: Library) -> None:
    library.index()
    for path in (library.data / CACHE).glob("*.sqlite"):
        path.write_bytes(b"nothing of the kind" * 400)
    library.write(three="Un troisième texte.")
    assert library.index().rebuilt


def ranking(library: Library) -> list[tuple[str, str, float]]:
    with library.retriever() as retriever:
        hits = retriever.ask("Que signe le Luxembourg au Maroc ?", 10).hits
    return [(hit.source, hit.text, hit.score) for hit in hits]


def test_the_same_articles_give_the_same_index_and_the_same_ranking(tmp_path: Path) -> None:
    names = list(TEXTS)
    libraries = []
    for place, order in (("a", names), ("b", names[::-1])):
        library = new_library(tmp_path / place)
        for name in order:
            library.write(**{name: TEXTS[name]})
        libraries.append(library)
    reports = [library.index() for library in libraries]
    assert reports[0].index == reports[1].index
    assert ranking(libraries[0]) == ranking(libraries[1]) != []


def test_the_order_of_paths_does_not_matter(library: Library) -> None:
    paths = sorted(library.articles.iterdir())
    reports = [
        build_index(order, Settings(data=library.data.with_name(name)), library.encoder)
        for name, order in (("forth", paths), ("back", paths[::-1]))
    ]
    assert reports[0].index == reports[1].index


def test_another_setting_or_model_makes_another_index(library: Library) -> None:
    ids = {library.index().index}
    ids.add(
        build_index([library.articles], Settings(data=library.data, passage_tokens=16), library.encoder).index
    )
    ids.add(replace(library, encoder=LetterEncoder(fingerprint="5d" * 32)).index().index)
    assert len(ids) == 3


def test_the_folder_that_was_indexed_last_is_the_one_remembered(library: Library, tmp_path: Path) -> None:
    library.index()
    moved = replace(library, articles=tmp_path / "elsewhere" / "articles")
    shutil.copytree(library.articles, moved.articles)
    moved.index()
    with library.opened() as snapshot:
        assert snapshot.manifest.roots == (str(moved.articles),)


def test_progress_ends_with_every_text_done(library: Library) -> None:
    seen: list[tuple[str, int, int]] = []
    report = build_index(
        [library.articles], Settings(data=library.data), library.encoder, lambda *now: seen.append(now)
    )
    stages = list(dict.fromkeys(stage for stage, _, _ in seen))
    steps = {name: [now for stage, *now in seen if stage == name] for name in stages}
    assert stages == ["reading", "cleaning", "comparing", "describing", "cutting", "embedding", "writing"]
    assert all(steps[name] == [[1, 2], [2, 2]] for name in stages[:5])
    assert steps["writing"] == [[0, 1], [1, 1]]
    embedding = steps["embedding"]
    assert embedding == sorted(embedding)
    assert embedding[-1] == [report.passages, report.passages]


def test_a_folder_without_articles_leaves_the_old_index_and_says_so(library: Library) -> None:
    report = library.index()
    for path in library.articles.iterdir():
        path.unlink()
    with pytest.raises(NoInput, match=r"still answers \(articles: 2\)") as caught:
        library.index()
    with library.opened() as snapshot:
        assert snapshot.id == report.index
    removal = f"rm -r {library.data}"
    assert removal in caught.value.remedy
    subprocess.run(removal.split(), check=True)
    with pytest.raises(NoInput) as without:  # nothing answers any more, nothing is said of it
        library.index()
    assert "answers" not in str(without.value)


HOLD = """
import sys, time
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_refused_while_another_process_writes(library: Library) -> None:
    library.data.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, library.data / LOCK], stdout=subprocess.PIPE, cwd=ROOT
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        try:
            with pytest.raises(Locked, match=str(library.data)) as caught:
                library.index()
        finally:
            holder.kill()
    assert caught.value.exit_code == 75
    assert library.index().rebuilt  # a dead process holds no lock


def test_a_data_folder_that_cannot_be_made_is_named(library: Library) -> None:
    library.data.write_text("a file stands here")
    with pytest.raises(CannotWrite, match=str(library.data)):
        library.index()


@pytest.mark.parametrize("data", [".", "index"])
def test_a_data_folder_among_the_articles_is_passed_over(library: Library, data: str) -> None:
    (library.articles / "picture.png").write_bytes(b"no article")
    among = replace(library, data=library.articles / data)
    among.index()
    among.write(three="Un troisième texte.")
    report = among.index()
    assert [source for source, _, _ in report.skipped] == ["articles/picture.png"]
    assert report.documents == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_data_folder_is_named_and_keeps_its_index(library: Library) -> None:
    before = library.index().index
    library.write(three="Un troisième texte.")
    for folder in (library.data, library.data / SNAPSHOTS):
        folder.chmod(0o500)
    with pytest.raises(CannotWrite, match=str(library.data)):
        library.index()
    with library.opened() as snapshot:
        assert snapshot.id == before


def test_a_whole_snapshot_that_is_not_the_current_one_is_swept_though_nothing_changed(
    library: Library,
) -> None:
    library.write(a="Le Maroc signe un accord.")
    library.index()
    current = current_path(library.data)
    orphan = shutil.copytree(current, current.parent / "20200101T000000000000-0123456789ab")
    assert not library.index().rebuilt
    assert not orphan.exists()
    assert current.exists()


def test_what_a_failed_run_left_is_not_in_the_way_of_the_next(library: Library) -> None:
    library.write(**TEXTS)
    library.index()
    current = current_path(library.data)
    orphan = shutil.copytree(current, current.parent / "20200101T000000000000-0123456789ab")
    (library.data / f".{CURRENT}.tmp").write_text("20200101")
    (library.data / "cache").rename(library.data / "away")
    (library.data / "cache").write_text("no run gets further than this")
    library.write(three="Un troisième texte.")
    with pytest.raises(CannotWrite):
        library.index()
    assert not orphan.exists()
    assert current.exists()
    assert {path.name for path in library.data.iterdir()} == {
        "cache",
        "away",
        "lock",
        MEMO,
        CURRENT,
        SNAPSHOTS,
    }
