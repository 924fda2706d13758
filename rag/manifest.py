"""The manifest of a snapshot: what it was made from, and the digest of every file."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.errors import SnapshotDamaged, SnapshotMismatch
from rag.fitted import Fitted, parse_fitted

NAME = "manifest.json"
# Raised whenever an older program could not read the files, or would read them differently.
FORMAT = 6
# Raised with every change of the cleaner, the chunker or the lexical analysis: an index made by
# another version would be read by rules it was not made by.
VERSIONS = {"analysis": 3, "chunker": 2, "cleaner": 3}
REBUILD = "build the index again: ibid index"
# tantivy leaves these empty files behind when it opens an index.
IGNORED = (".tantivy-meta.lock", ".tantivy-writer.lock")


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """The model whose vectors, all of unit norm, stand in the index."""

    name: str
    fingerprint: str
    dimension: int
    prefixes: tuple[str, str]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the index holds; `body_passages` are those searched by default."""

    documents: int
    passages: int
    body_passages: int
    sentences: int


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of the snapshot: its size in bytes and SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything a reader must know before trusting the files.

    Attributes:
        id: digest of articles, settings and model: equal ids mean equal answers.
        built_at: ISO 8601, UTC.
        languages: languages of the documents, sorted.
        versions: of what shaped the contents; see `VERSIONS`.
        passage_tokens: the setting the passages were cut with.
        roots: the files and folders that were indexed, absolute.
        fitted: the numbers that rank, mark and refuse, as fitted to the model.
        files: every other file of the snapshot by relative POSIX path.

    """

    format: int
    id: str
    built_at: str
    model: ModelRecord
    counts: Counts
    languages: tuple[str, ...]
    versions: dict[str, int]
    passage_tokens: int
    roots: tuple[str, ...]
    fitted: Fitted
    files: dict[str, FileRecord]

    def to_json(self) -> str:
        """Return the manifest as JSON, keys in a fixed order, with a digest over itself."""
        return _sealed(asdict(self))


def _sealed(fields: object) -> str:
    content = json.dumps(fields, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
    return json.dumps({"manifest": fields, "sha256": digest}, indent=1, sort_keys=True)


def read_roots(folder: Path) -> list[Path]:
    """Return the paths a snapshot was made from, whatever its format.

    Raises:
        SnapshotDamaged: the manifest is missing, unreadable, altered, or names none.

    """
    path = folder / NAME
    return parse_roots(_read(path), path)


def parse_roots(text: str, place: object) -> list[Path]:
    """Return the paths that a manifest names; `place` says in messages where it stands.

    Raises:
        SnapshotDamaged: as `read_roots`.

    """
    match _intact(text, place).get("roots"):
        case [*roots] if roots:
            return [Path(str(root)) for root in roots]
    raise SnapshotDamaged(f"{place} names no folder of articles", REBUILD)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise SnapshotDamaged(f"{path} cannot be read ({error!r})", REBUILD) from None


def _intact(text: str, place: object) -> dict[str, Any]:
    """Return the fields of a manifest that is as it was written. Raises SnapshotDamaged."""
    try:
        fields: dict[str, Any] = json.loads(text)["manifest"]
        # Compared as text: a flipped bit may leave JSON that means the same ("\u00e9", "\u00E9").
        if text == _sealed(fields) and isinstance(fields, dict):
            return fields
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SnapshotDamaged(f"{place} cannot be read ({error!r})", REBUILD) from None
    raise SnapshotDamaged(f"{place} was altered (its SHA-256 differs)", REBUILD)


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest of a snapshot.

    Raises:
        SnapshotDamaged: it is missing, unreadable or altered.
        SnapshotMismatch: it was written in another format.

    """
    path = folder / NAME
    return parse_manifest(_read(path), path)


def parse_manifest(text: str, place: object) -> Manifest:
    """Return a checked manifest; `place` says in messages where it stands. Raises as `read_manifest`."""
    fields = _intact(text, place)
    if (written_in := fields.get("format")) != FORMAT:
        message = f"{place} has format {written_in}, this program reads format {FORMAT}"
        raise SnapshotMismatch(message, REBUILD)
    if fields.get("versions") != VERSIONS:
        message = f"{place} was made with {fields.get('versions')}, this program works with {VERSIONS}"
        raise SnapshotMismatch(message, REBUILD)
    try:
        fitted = parse_fitted(fields["fitted"])
    except (KeyError, TypeError) as error:  # of a program that weighs other evidence
        raise SnapshotMismatch(f"{place} holds other fitted numbers ({error})", REBUILD) from None
    model = {**fields["model"], **{name: tuple(fields["model"][name]) for name in ("prefixes", "languages")}}
    return Manifest(
        **{
            **fields,
            "model": ModelRecord(**model),
            "counts": Counts(**fields["counts"]),
            "languages": tuple(fields["languages"]),
            "roots": tuple(fields["roots"]),
            "fitted": fitted,
            "files": {name: FileRecord(**record) for name, record in fields["files"].items()},
        }
    )


def record_files(folder: Path) -> dict[str, FileRecord]:
    """Return size and digest of every file in a snapshot but the manifest."""
    return {name: _record(folder / name) for name in sorted(_file_names(folder))}


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file of a snapshot with its manifest.

    Raises:
        SnapshotDamaged: naming the first file that is missing, altered, a link or unknown.

    """
    present = set(_file_names(folder))
    for name in sorted(present | set(manifest.files)):
        path = folder / name
        if name not in present:
            raise SnapshotDamaged(f"{path} is missing", REBUILD)
        if name not in manifest.files:
            raise SnapshotDamaged(f"{path} does not belong to this index", REBUILD)
        if path.is_symlink() or not path.is_file() or _record(path) != manifest.files[name]:
            raise SnapshotDamaged(f"{path} was altered (size or SHA-256 differs from the manifest)", REBUILD)


def _file_names(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if (path.is_symlink() or not path.is_dir()) and path.name not in IGNORED and path != folder / NAME:
            yield path.relative_to(folder).as_posix()


def _record(path: Path) -> FileRecord:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileRecord(path.stat().st_size, digest)
    except OSError as error:
        raise SnapshotDamaged(f"{path} cannot be read ({error.strerror})", REBUILD) from None
