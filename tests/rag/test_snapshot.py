"""A snapshot is opened whole or refused with the name of what is wrong and the command that repairs it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import SnapshotDamaged, SnapshotError, SnapshotMismatch, SnapshotMissing
from rag.manifest import FORMAT, NAME, read_manifest
from rag.snapshot import CURRENT, SNAPSHOTS, current_path, open_current
from tests.letters import LetterEncoder
from tests.library import Library, new_library

ENCODER = LetterEncoder()
TEXTS = {
    "one": "Le Luxembourg et le Maroc ont signé un accord. La visite a duré trois jours.",
    "two": "Morocco and Luxembourg signed a declaration in Rabat. The ministers met twice.",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = new_library(tmp_path_factory.mktemp("données"))
    library.write(**TEXTS)
    library.index()
    return library


@pytest.fixture
def data(built: Library, tmp_path: Path) -> Path:
    """Return a copy of the data folder that a test may harm."""
    return Path(shutil.copytree(built.data, tmp_path / "copy"))


def files_of(data: Path) -> list[Path]:
    names = [*read_manifest(current_path(data)).files, NAME]
    return [current_path(data) / name for name in names]


def refused(data: Path, file: Path) -> None:
    with pytest.raises(SnapshotDamaged) as caught:
        open_current(data, ENCODER)
    assert str(file) in str(caught.value)
    assert "ibid index" in caught.value.remedy


def test_the_snapshot_holds_what_the_design_says(data: Path) -> None:
    names = {file.relative_to(current_path(data)).parts[0] for file in files_of(data)}
    assert names == {NAME, "articles.sqlite", "passages.faiss", "lexical", "vocabulary"}


def test_missing_files_are_refused_by_name(data: Path) -> None:
    for file in files_of(data):
        file.rename(data / "away")
        refused(data, file)
        (data / "away").rename(file)


def test_links_to_the_very_same_content_are_refused_by_name(data: Path) -> None:
    for file in files_of(data):
        if file.name == NAME:
            continue
        file.rename(data / "away")
        file.symlink_to(data / "away")
        refused(data, file)
        file.unlink()
        (data / "away").rename(file)


def test_an_extra_file_is_refused_by_name(data: Path) -> None:
    extra = current_path(data) / "lexical" / "extra.idx"
    extra.write_text("")
    refused(data, extra)


OTHERS = [
    replace(ENCODER, fingerprint="00" * 32),
    replace(ENCODER, name="letters", fingerprint="ab" * 32, dimension=64),
    replace(ENCODER, name="larger", fingerprint="cd" * 32, dimension=128),
]


@pytest.mark.parametrize("other", OTHERS, ids=["other weights", "same name and size", "other size"])
def test_another_model_is_refused_with_both_names(data: Path, other: LetterEncoder) -> None:
    with pytest.raises(SnapshotMismatch) as caught:
        open_current(data, other)
    assert ENCODER.fingerprint[:12] in str(caught.value)
    assert other.fingerprint[:12] in str(caught.value)
    assert "--model" in caught.value.remedy


def test_another_format_is_refused(data: Path) -> None:
    path = current_path(data)
    (path / NAME).write_text(replace(read_manifest(path), format=FORMAT + 1).to_json())
    with pytest.raises(SnapshotMismatch, match=f"format {FORMAT + 1}"):
        open_current(data, ENCODER)


def test_no_index_is_told_with_the_command_that_builds_one(tmp_path: Path) -> None:
    with pytest.raises(SnapshotMissing, match=str(tmp_path)) as caught:
        open_current(tmp_path, ENCODER)
    assert "ibid index" in caught.value.remedy


POINTERS = {
    "empty": b"",
    "blank": b" \n",
    "nowhere": b"20200101T000000000000-0123456789ab\n",
    "this folder": b".",
    "the folder above": b"..",
    "up and back": b"../snapshots/{name}",
    "absolute": b"/{path}",
    "into a snapshot": b"{name}/lexical",
    "not UTF-8": b"\xff\xfe",
    "NUL": b"{name}\0",
    "one being built": b".building-0123456789ab",
    "longer than any name": b"x" * 300,
    "two lines": b"{name}\n{name}\n",
}


@pytest.mark.parametrize("pointer", POINTERS.values(), ids=POINTERS.keys())
def test_a_pointer_that_names_no_snapshot_is_refused(data: Path, pointer: bytes) -> None:
    path = current_path(data)
    (data / SNAPSHOTS / ".building-0123456789ab").mkdir()
    content = pointer.replace(b"{name}", path.name.encode()).replace(b"{path}", str(path).encode())
    (data / CURRENT).write_bytes(content)
    with pytest.raises(SnapshotDamaged, match=CURRENT) as caught:
        open_current(data, ENCODER)
    assert "ibid index" in caught.value.remedy


def test_a_pointer_that_is_a_folder_is_refused(data: Path) -> None:
    (data / CURRENT).unlink()
    (data / CURRENT).mkdir()
    with pytest.raises(SnapshotError, match=CURRENT):
        open_current(data, ENCODER)


def test_a_snapshot_stays_readable_after_it_is_replaced(library: Library) -> None:
    library.write(**TEXTS)
    library.index()
    with library.retriever() as retriever:
        before = [hit.text for hit in retriever.ask("Que signe le Maroc ?").hits]
        library.write(one="Tout autre chose, un texte nouveau.")
        library.index()
        assert not retriever.snapshot.path.exists()
        assert [hit.text for hit in retriever.ask("Que signe le Maroc ?").hits] == before
        assert [hit.text for hit in retriever.ask("Où se trouve Rabat ?").hits]


def test_opening_writes_nothing_but_empty_locks(data: Path) -> None:
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    open_current(data, ENCODER).close()
    after = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    assert {p: c for p, c in after.items() if c or p in before} == before


def test_a_snapshot_holds_the_articles_as_given(built: Library) -> None:
    with built.opened() as snapshot:
        assert snapshot.manifest.counts.documents == len(TEXTS)
        assert [document.text for document in snapshot.documents()] == list(TEXTS.values())
