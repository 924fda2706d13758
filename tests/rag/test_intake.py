"""From files to documents: all that is read, what was skipped, and who says what about an article."""

import json
import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.cleaning import Cleaning
from rag.documents import document_id
from rag.errors import BadData, NoInput
from rag.intake import take_in
from rag.passages import cut_passages
from tests.awkward import visible_texts
from tests.rag.conftest import ROOT
from tests.rag.formats.files import SENTENCES, page, pdf, word
from tests.rag.labelled_pages import read_pages

FRENCH = "Le Luxembourg et le Maroc ont signé un accord de coopération à Rabat."


@given(st.lists(visible_texts, min_size=1, max_size=4))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_a_document_holds_its_file_and_labels_lie_in_order_within(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("articles")
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_bytes(b"Un mot. " * 20 + text.encode())
    intake = take_in([folder])
    assert len(intake.documents) + len(intake.skipped) == len(texts)
    for document in intake.documents:
        stored = Path(folder, document.source.partition("/")[2]).read_bytes().decode()
        assert document.text == stored.replace("\0", "")
        assert document.id == document_id(document.source)
        ends = [0, *(edge for label in document.set_aside for edge in label.span), len(document.text)]
        assert ends == sorted(ends)
        assert all(label.reason and label.span.start < label.span.end for label in document.set_aside)


def test_every_skipped_file_is_named_with_its_reason(tmp_path: Path) -> None:
    contents = {
        "a.txt": FRENCH.encode(),
        "b.txt": b"",
        "c.txt": b"\x89PNG\r\n\x1a\n" + bytes(9),
        "d.md": "été".encode() + b"\xe9",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    intake = take_in([tmp_path])
    assert [document.source for document in intake.documents] == [f"{tmp_path.name}/a.txt"]
    skipped = {skip.source.name.rpartition("/")[2]: skip.reason for skip in intake.skipped}
    assert skipped == {"b.txt": "empty", "c.txt": "binary", "d.md": "encoding-error"}


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\xfa", None])
def test_nothing_to_read_is_an_error_that_says_what_was_seen(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "only.txt").write_bytes(content)
    with pytest.raises(NoInput, match=str(tmp_path)) as caught:
        take_in([tmp_path])
    assert caught.value.exit_code == 66
    assert ("only.txt" if content is not None else "no file of a known kind") in str(caught.value)


def test_two_files_that_would_have_one_name_are_refused_by_name(tmp_path: Path) -> None:
    for place in ("one/articles", "two/articles"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "a.txt").write_text(FRENCH)
    with pytest.raises(BadData) as caught:
        take_in([tmp_path / "one/articles", tmp_path / "two/articles"])
    message = str(caught.value)
    assert str(tmp_path / "one/articles/a.txt") in message
    assert str(tmp_path / "two/articles/a.txt") in message


def test_a_printed_name_that_stands_for_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.txt")).write_text(FRENCH)
    (tmp_path / "\\xff.txt").write_text(FRENCH)
    with pytest.raises(BadData, match="would both be"):
        take_in([tmp_path])


@pytest.mark.parametrize("stated", ["2019-09-25", "2019-09-25T08:30:00+02:00", '"2019-09-25 08:30:00"'])
def test_a_sidecar_may_state_the_day_with_the_time(tmp_path: Path, stated: str) -> None:
    (tmp_path / "a.txt").write_text(FRENCH)
    (tmp_path / "articles.toml").write_text(f'["a.txt"]\npublished_on = {stated}\n')
    assert take_in([tmp_path]).documents[0].metadata.published_on == date(2019, 9, 25)


def test_a_sidecar_beside_the_articles_wins_over_one_above(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text(FRENCH)
    (tmp_path / "articles.toml").write_text('["a.txt"]\noutlet = "Above"\npublished_on = 2019-09-25\n')
    (folder / "articles.toml").write_text('["a.txt"]\noutlet = "Beside"\n')
    known = take_in([folder]).documents[0].metadata
    assert (known.outlet, known.published_on) == ("Beside", date(2019, 9, 25))


def test_the_language_is_read_from_the_text_unless_stated(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FRENCH)
    (tmp_path / "b.txt").write_text(FRENCH)
    (tmp_path / "articles.toml").write_text('["b.txt"]\nlanguage = "de"\n')
    assert [document.metadata.language for document in take_in([tmp_path]).documents] == ["fr", "de"]


@pytest.mark.parametrize(("file", "table"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_sidecar_may_write_accents_otherwise_than_the_name_of_the_file(
    tmp_path: Path, file: Literal["NFC", "NFD"], table: Literal["NFC", "NFD"]
) -> None:
    (tmp_path / unicodedata.normalize(file, "Été.txt")).write_text(FRENCH)
    name = unicodedata.normalize(table, "Été.txt")
    (tmp_path / "articles.toml").write_text(f'["{name}"]\noutlet = "Écho"\n')
    taken = take_in([tmp_path])
    assert taken.documents[0].metadata.outlet == "Écho"
    assert str(tmp_path / "articles.toml") not in taken.notes


def test_a_sidecar_may_begin_with_a_byte_order_mark_and_a_title_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FRENCH)
    stated = '["a.txt"]\ntitle = "Un titre\\r\\nde deux lignes"\n'
    (tmp_path / "articles.toml").write_text(stated, "utf-8-sig")
    assert take_in([tmp_path]).documents[0].metadata.title == "Un titre de deux lignes"


WRONG_SIDECARS = [
    ("[not toml", "articles.toml"),
    ('["a.txt"]\nbyline = "X"\n', "'byline'"),
    ('["a.txt"]\npublished_on = "2019-02-31"\n', "2019-02-31"),
    ('["a.txt"]\nurl = "javascript:alert(1)"\n', "javascript:alert"),
    ('["a.txt"]\nurl = "data:text/html,x"\n', "data:text/html"),
    ('["a.txt"]\ntitle = 5\n', "title"),
    ('"a.txt" = "title"\n', "a.txt"),
    ('["a.txt"]\nlanguage = "French"\n', "French"),
    (f"a = {'[' * 5000}", "recursion"),
    (f"a = {'9' * 5000}", "digits"),
]


@pytest.mark.parametrize(("content", "named"), WRONG_SIDECARS)
def test_a_wrong_sidecar_is_refused_with_its_place(tmp_path: Path, content: str, named: str) -> None:
    (tmp_path / "a.txt").write_text(FRENCH)
    (tmp_path / "articles.toml").write_text(content)
    with pytest.raises(BadData) as caught:
        take_in([tmp_path])
    assert str(tmp_path / "articles.toml") in str(caught.value)
    assert named in str(caught.value)
    assert caught.value.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_is_skipped(tmp_path: Path) -> None:
    for name in ("open.txt", "secret.txt"):
        (tmp_path / name).write_text(FRENCH)
    (tmp_path / "secret.txt").chmod(0)
    (skip,) = take_in([tmp_path]).skipped
    assert (skip.source.path.name, skip.reason) == ("secret.txt", "unreadable")


def test_a_file_given_twice_under_two_names_is_refused(tmp_path: Path) -> None:
    inner = tmp_path / "articles" / "inner"
    inner.mkdir(parents=True)
    (inner / "a.txt").write_text("Le Maroc signe un accord.")
    with pytest.raises(BadData, match="given twice"):
        take_in([tmp_path / "articles", inner])


def test_every_format_is_taken_in_and_every_passage_is_a_slice_of_the_stored_text(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    records = [{"id": "a", "text": FRENCH, "outlet": "Agence"}, {"text": "Une autre. " * 30}]
    contents = {
        "a.txt": " ".join(SENTENCES).encode("cp1252"),
        "b.html": page(),
        "c.pdf": pdf("\n".join(SENTENCES)),
        "d.docx": word(*SENTENCES, title="Un titre de document"),
        "e.jsonl": "\n".join(map(json.dumps, records)).encode(),
        "f.csv": f'text;title\n"{FRENCH}";Un autre titre\n'.encode(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    intake = take_in([folder])
    assert intake.skipped == ()
    sources = [document.source.removeprefix("articles/") for document in intake.documents]
    assert sources == ["a.txt", "b.html", "c.pdf", "d.docx", "e.jsonl#2", "e.jsonl#a", "f.csv#2"]
    for document in intake.documents:
        passages = sorted(cut_passages(document, 40), key=lambda passage: passage.span.start)
        words = "".join(passage.span.slice(document.text) for passage in passages)
        assert "".join(words.split()) == "".join(document.text.split())
        for passage in passages:
            assert all(one.slice(document.text).strip() for one in passage.sentences)
    known = {document.source.removeprefix("articles/"): document.metadata for document in intake.documents}
    assert (known["b.html"].outlet, known["b.html"].published_on) == ("L'Écho", date(2024, 3, 12))
    assert (known["d.docx"].title, known["e.jsonl#a"].outlet) == ("Un titre de document", "Agence")
    assert known["f.csv#2"].title == "Un autre titre"
    notes = {document.source.removeprefix("articles/"): document.notes for document in intake.documents}
    assert "read as cp1252, detected: it is not UTF-8" in notes["a.txt"]


LINE_ENDS = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "line separators": lambda text: text.replace("\n", "\u2028"),
    "mixed": lambda text: text.replace("\n", "\r\n", 2).replace("\n", "\r", 4),
    "a byte order mark": lambda text: "\ufeff" + text,
}


@pytest.mark.parametrize("change", LINE_ENDS.values(), ids=LINE_ENDS)
def test_a_text_with_other_line_ends_has_the_passages_and_labels_of_its_twin(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    shutil.copytree(ROOT / "seeds" / "articles", tmp_path / "plain")
    (tmp_path / "changed").mkdir()
    for path in (tmp_path / "plain").iterdir():
        text = path.read_bytes().decode()
        (tmp_path / "changed" / path.name).write_bytes(change(text).encode())

    def shown(folder: str) -> list[tuple[list[str], list[str]]]:
        documents = take_in([tmp_path / folder]).documents
        return [
            (
                [" ".join(passage.span.slice(one.text).split()) for passage in cut_passages(one, 160)],
                [label.reason for label in one.set_aside],
            )
            for one in documents
        ]

    assert shown("changed") == shown("plain")


def test_a_page_is_stored_whole_and_what_is_not_its_article_is_labelled(tmp_path: Path) -> None:
    line = "<p>Publié dans Le Phare le 12 mars 2023</p>"
    sentences = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    (tmp_path / "a.html").write_bytes(page(head="", body=f"<h1>Le port de Nador-Ouest</h1>{line}{sentences}"))
    (document,) = take_in([tmp_path]).documents
    labels = {label.span.slice(document.text): label.reason for label in document.set_aside}
    assert labels["Accueil Sport"] in ("outside-main-text", "navigation")
    assert labels["Publié dans Le Phare le 12 mars 2023"] == "publication-line"
    assert (document.metadata.outlet, document.metadata.published_on) == ("Le Phare", date(2023, 3, 12))
    body = Cleaning(document.set_aside).body(document.text)
    assert all(sentence in body for sentence in SENTENCES)
    assert "Accueil" not in body


def test_a_sidecar_is_believed_before_the_file_and_the_file_before_its_text(tmp_path: Path) -> None:
    record = {"text": f"Titre du texte\n{FRENCH}\n{FRENCH}", "title": "Du fichier", "outlet": "Du fichier"}
    (tmp_path / "a.jsonl").write_text(json.dumps(record))
    (tmp_path / "articles.toml").write_text('["a.jsonl"]\noutlet = "Du sidecar"\n')
    known = take_in([tmp_path]).documents[0].metadata
    assert (known.title, known.outlet) == ("Du fichier", "Du sidecar")


def test_a_sidecar_that_speaks_of_files_that_are_not_there_is_reported(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text(FRENCH)
    (folder / "empty.txt").write_text("")
    long = "n" * 300
    tables = ("a.txt", "empty.txt", "b.txt", "c.txt", long)
    (tmp_path / "articles.toml").write_text("".join(f'["{name}"]\noutlet = "X"\n' for name in tables))
    (message,) = take_in([folder]).notes[str(tmp_path / "articles.toml")]
    assert message.endswith(f"not there: b.txt, c.txt, {long}")


def test_ids_that_are_shown_alike_are_one_id(tmp_path: Path) -> None:
    lines = [{"id": "a\nb", "text": FRENCH}, {"id": "a\\nb", "text": FRENCH}, {"id": "c", "text": FRENCH}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    intake = take_in([tmp_path / "a.jsonl"])
    assert [one.source for one in intake.documents] == ["a.jsonl#a\\nb", "a.jsonl#c"]
    assert [(one.source.name, one.reason) for one in intake.skipped] == [("a.jsonl:2", "id-given-twice")]


def test_records_that_cannot_be_read_are_skipped_by_file_and_line(tmp_path: Path) -> None:
    lines = [
        {"id": "x", "text": FRENCH},
        {"id": "x", "text": FRENCH},
        {"id": "x", "text": "Autre texte."},
        {"text": " "},
        {"text": FRENCH + " Un jour.", "published_on": "2019-02-31", "url": "javascript:alert(1)"},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join([*map(json.dumps, lines), '{"text": "cut']))
    intake = take_in([tmp_path])
    skipped = [(one.source.name.partition("/")[2], one.reason) for one in intake.skipped]
    assert skipped == [
        ("a.jsonl:2", "id-given-twice"),
        ("a.jsonl:3", "id-given-twice"),
        ("a.jsonl#4", "empty"),
        ("a.jsonl:6", "bad-record"),
    ]
    assert "the same text" in intake.skipped[0].detail
    assert "line 1, and another text" in intake.skipped[1].detail
    (kept,) = [one for one in intake.documents if one.source.endswith("#5")]
    assert (kept.metadata.published_on, kept.metadata.url) == (None, None)
    assert "2019-02-31" in kept.notes[0]
    assert "javascript" in kept.notes[1]


def test_fields_of_a_record_that_are_not_read_are_named_once_for_the_file(tmp_path: Path) -> None:
    records = [{"text": FRENCH, "date": "2019-09-25", "outlet": "X"}, {"text": "Autre.", "byline": None}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)))
    ((place, (message,)),) = take_in([tmp_path]).notes.items()
    assert place.endswith("/a.jsonl")
    assert message.startswith("fields passed over: byline, date; those read are id, text, title")


def test_pages_alike_only_in_their_menus_are_no_copies(tmp_path: Path) -> None:
    menu = next(one.text for one in read_pages("dev") if one.manner == "nothing-else")
    for name, brief in (("a", "Grève à Fès"), ("b", "Pluie à Oujda"), ("c", "Pluie à Oujda")):
        (tmp_path / f"{name}.txt").write_text(f"{menu}\n{brief}\n")
    intake = take_in([tmp_path])
    assert len(intake.uncertain) == 3
    assert [one.copy_of is not None for one in intake.documents] == [False, False, True]


STATED = [
    ("2019-09-25", date(2019, 9, 25)),
    ("2019-09-25T23:30:00-05:00", date(2019, 9, 25)),
    ("2019-09-25 10:00:00", date(2019, 9, 25)),
    ("25/09/2019", None),
    ("09/25/2019", None),
    ("2019-02-31", None),
    ("1600-01-01", None),
    ("2099-01-01", None),
    ("hier", None),
    (20190925, None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("stated", "day"), STATED)
def test_a_date_is_the_one_stated_or_none_with_a_note_and_never_that_of_the_file(
    tmp_path: Path, stated: object, day: date | None
) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": FRENCH, "published_on": stated}))
    (document,) = take_in([tmp_path]).documents
    assert document.metadata.published_on == day
    assert bool(document.notes) == (day is None and stated not in ("", None))


def test_the_same_articles_make_the_same_documents_on_any_day(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"Un titre de quelques mots\nPublié le 3 mai 2031\n{FRENCH}\n{FRENCH}")
    command = (
        "import sys, pathlib; from rag.intake import take_in; print(take_in([pathlib.Path(sys.argv[1])]))"
    )
    later = (
        "import datetime as d; r = d.date; d.date = type('date', (r,), {'today': lambda: r(2040, 1, 1)}); "
    )
    found = [
        subprocess.run(
            [sys.executable, "-c", start + command, str(tmp_path)], cwd=ROOT, capture_output=True, check=True
        ).stdout
        for start in ("", later)
    ]
    assert found[0] == found[1]
    assert b"date(2031, 5, 3)" in found[0]


def test_a_glob_takes_the_files_it_matches_named_as_from_its_folder(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    for name in ("2020/a.txt", "2020/b.md", "2021/x/c.txt", "2021/.d.txt", "2021/e.xyz"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{FRENCH} {name}")
    found = {
        pattern: [document.source for document in take_in([root / pattern]).documents]
        for pattern in ("**/*.txt", "2020/*", "202?/*.md")
    }
    assert found == {
        "**/*.txt": ["archive/2020/a.txt", "archive/2021/x/c.txt"],
        "2020/*": ["2020/a.txt", "2020/b.md"],
        "202?/*.md": ["archive/2020/b.md"],
    }
    assert [one.reason for one in take_in([root / "*" / "*"]).skipped] == ["unknown-kind"]
    with pytest.raises(NoInput, match="does not exist"):
        take_in([root / "*.none"])


def test_folders_that_a_glob_finds_are_read_and_links_to_folders_skipped_by_name(tmp_path: Path) -> None:
    root, outside = tmp_path / "archive", tmp_path / "outside"
    for name in ("archive/x/a", "archive/x/deep/b", "archive/y/c", "archive/.z/d", "outside/e"):
        file = tmp_path / f"{name}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{FRENCH} {file}")
    (root / "link").symlink_to(outside)
    for loop in ("one", "two"):  # whoever follows them both is lost
        (root / "y" / loop).symlink_to(root)
    whole = ["archive/x/a.txt", "archive/x/deep/b.txt", "archive/y/c.txt"]
    loops = {("archive/y/one", "link"), ("archive/y/two", "link")}
    skipped = loops | {("archive/link", "link")}
    for pattern, expected, links in (
        ("*", whole, skipped),
        ("**", whole, skipped),
        ("**/*.txt", whole, skipped),
        ("*/*.txt", ["archive/x/a.txt", "archive/y/c.txt"], {("archive/link", "link")}),
        ("[xy]", whole, loops),
        ("**/deep", ["archive/x/deep/b.txt"], skipped),
        (".z*", ["archive/.z/d.txt"], set()),
    ):
        intake = take_in([root / pattern])
        assert [one.source for one in intake.documents] == expected, pattern
        assert {(one.source.name, one.reason) for one in intake.skipped} == links, pattern
    given = take_in([root / "link" / "*.txt"])  # a link that is named is followed
    assert [one.source for one in given.documents] == ["outside/e.txt"]


def test_a_glob_of_empty_folders_is_not_said_to_find_nothing(tmp_path: Path) -> None:
    (tmp_path / "archive" / "x").mkdir(parents=True)
    with pytest.raises(NoInput, match="no article can be read"):
        take_in([tmp_path / "archive" / "*"])
    with pytest.raises(NoInput, match="does not exist"):
        take_in([tmp_path / "nowhere" / "*"])


def test_a_path_that_cannot_be_looked_up_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoInput, match=r"a{300} cannot be read") as caught:
        take_in([tmp_path / ("a" * 300)])
    assert caught.value.exit_code == 66


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.txt.gz", "a.doc"])
def test_archives_and_old_formats_are_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "b.txt").write_text(FRENCH)
    (tmp_path / name).write_bytes(b"PK\x03\x04" + bytes(20))
    (skip,) = take_in([tmp_path]).skipped
    assert (skip.source.name.rpartition("/")[2], skip.reason) == (name, "unknown-kind")
    assert ".docx" in skip.detail


def test_a_file_that_changes_while_it_is_read_is_read_again_and_then_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(FRENCH)
    real, times = os.fstat, iter(range(100))

    def touched(descriptor: int) -> os.stat_result:
        if next(times) % 2:
            os.utime(path, ns=(0, next(times)))
        return real(descriptor)

    monkeypatch.setattr(os, "fstat", touched)
    with pytest.raises(NoInput, match="changing"):
        take_in([tmp_path])
