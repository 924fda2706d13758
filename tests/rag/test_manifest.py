"""A manifest that differs in any bit from the one written is refused, and so is one of another format."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from rag.errors import SnapshotDamaged, SnapshotError, SnapshotMismatch
from rag.fitted import shipped_fitted
from rag.manifest import (
    FORMAT,
    NAME,
    REBUILD,
    VERSIONS,
    Counts,
    FileRecord,
    Manifest,
    ModelRecord,
    _sealed,
    read_manifest,
    record_files,
    verify_files,
)

FILES = {"articles.sqlite": b"articles", "lexical/meta.json": b"{}", "empty.npy": b""}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "snapshot"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / NAME).write_text(manifest_of(folder).to_json(), "utf-8")
    return folder


def manifest_of(folder: Path) -> Manifest:
    return Manifest(
        format=FORMAT,
        id="ab" * 32,
        built_at="2026-01-01T00:00:00+00:00",
        model=ModelRecord("letters", "4c" * 32, 64, ("", ""), ("en", "fr")),
        counts=Counts(2, 7, 6, 30),
        languages=("en", "fr"),
        versions=VERSIONS,
        passage_tokens=120,
        roots=("/données/articles", "/a\udcff"),
        fitted=shipped_fitted(),
        files=record_files(folder),
    )


def test_a_manifest_is_read_as_it_was_written(folder: Path) -> None:
    assert read_manifest(folder) == manifest_of(folder)


def test_files_are_recorded_with_their_size_and_digest(folder: Path) -> None:
    expected = {name: FileRecord(len(c), hashlib.sha256(c).hexdigest()) for name, c in FILES.items()}
    assert record_files(folder) == expected


def test_a_flipped_bit_in_any_byte_of_a_manifest_is_refused(folder: Path) -> None:
    path, intact = folder / NAME, (folder / NAME).read_bytes()
    accepted = []
    # Bit 5 turns letters into capitals, which JSON reads alike in its escapes; the others take turns.
    for place, bit in ((n, bit) for n in range(len(intact)) for bit in {5, n % 8}):
        path.write_bytes(intact[:place] + bytes([intact[place] ^ 1 << bit]) + intact[place + 1 :])
        with suppress(SnapshotError):
            accepted.append((place, bit, read_manifest(folder)))
    assert accepted == []


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[]", b"{}", b'{"manifest": {}}', b"\xff", b'{"manifest": []}', b"[" * 9**6]
)
def test_what_is_no_manifest_is_refused(folder: Path, content: bytes) -> None:
    (folder / NAME).write_bytes(content)
    with pytest.raises(SnapshotDamaged, match=r"manifest\.json") as caught:
        read_manifest(folder)
    assert caught.value.remedy == REBUILD


def test_every_truncation_of_a_manifest_is_refused(folder: Path) -> None:
    intact = (folder / NAME).read_bytes()
    for length in range(0, len(intact), 7):
        (folder / NAME).write_bytes(intact[:length])
        with pytest.raises(SnapshotDamaged):
            read_manifest(folder)


def test_a_missing_manifest_is_refused(folder: Path) -> None:
    (folder / NAME).unlink()
    with pytest.raises(SnapshotDamaged, match=r"manifest\.json cannot be read"):
        read_manifest(folder)


@pytest.mark.parametrize("other", [FORMAT + 1, 0, -1])
def test_another_format_is_named_with_its_remedy(folder: Path, other: int) -> None:
    (folder / NAME).write_text(replace(manifest_of(folder), format=other).to_json())
    with pytest.raises(
        SnapshotMismatch, match=f"format {other}, this program reads format {FORMAT}"
    ) as caught:
        read_manifest(folder)
    assert caught.value.remedy == REBUILD


def test_a_changed_value_is_refused_though_the_json_is_whole(folder: Path) -> None:
    outer = json.loads((folder / NAME).read_text())
    outer["manifest"]["counts"]["passages"] += 1
    (folder / NAME).write_text(json.dumps(outer))
    with pytest.raises(SnapshotDamaged, match="was altered"):
        read_manifest(folder)


def test_intact_files_pass(folder: Path) -> None:
    verify_files(folder, read_manifest(folder))


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def _link(path: Path) -> None:
    shutil.move(path, path.parent.parent / "moved")
    path.symlink_to(path.parent.parent / "moved")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


CHANGES: list[Callable[[Path], None]] = [Path.unlink, _append, _link, _folder, _pipe]


@pytest.mark.timeout(20)  # a pipe opened the usual way would wait for ever
@pytest.mark.parametrize(
    "change", CHANGES, ids=["missing", "longer", "a link to the same", "a folder", "a pipe"]
)
@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_refused_by_name(folder: Path, name: str, change: Callable[[Path], None]) -> None:
    manifest = read_manifest(folder)
    change(folder / name)
    with pytest.raises(SnapshotDamaged, match=str(folder / name)) as caught:
        verify_files(folder, manifest)
    assert caught.value.remedy == REBUILD


@pytest.mark.parametrize(
    "name", ["extra", "lexical/extra.idx", "new/deep/file", ".hidden", "lexical/manifest.json"]
)
def test_a_file_too_many_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("")
    with pytest.raises(SnapshotDamaged, match=f"{name} does not belong"):
        verify_files(folder, read_manifest(folder))


def test_a_link_to_a_folder_is_refused(folder: Path) -> None:
    (folder / "out").symlink_to("/")
    with pytest.raises(SnapshotDamaged, match="out does not belong"):
        verify_files(folder, read_manifest(folder))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_is_named(folder: Path) -> None:
    (folder / "articles.sqlite").chmod(0)
    with pytest.raises(SnapshotDamaged, match=r"articles\.sqlite cannot be read"):
        verify_files(folder, read_manifest(folder))


def test_an_index_of_another_lexical_analysis_is_refused(folder: Path) -> None:
    older = replace(manifest_of(folder), versions={**VERSIONS, "analysis": 0})
    (folder / NAME).write_text(older.to_json(), "utf-8")
    with pytest.raises(SnapshotMismatch, match="analysis"):
        read_manifest(folder)


def test_an_index_of_other_fitted_numbers_is_refused(folder: Path) -> None:
    fields = asdict(manifest_of(folder))
    del fields["fitted"]["judge"]["weights"]["names"]
    (folder / NAME).write_text(_sealed(fields), "utf-8")
    with pytest.raises(SnapshotMismatch, match="fitted"):
        read_manifest(folder)
