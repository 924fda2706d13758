"""From files to texts. What cannot be read is skipped with a reason, never silently."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.errors import NoInput

SUFFIXES = (".txt", ".md")
# What is known about the articles beside it; see `rag.sidecar`.
SIDECAR = "articles.toml"
# An article is some kilobytes; a file beyond this is a mistake, and would fill the memory.
LARGEST_FILE = 50_000_000
# Text has next to no control characters besides tabs and line ends; binary formats have many.
BINARY_SHARE = 0.1
CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\v\x1b")


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: where it is, and its name in the index ("folder/sub/name.txt")."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The text of a file, and what was repaired while reading."""

    source: Source
    text: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read, with a short reason and what was seen."""

    source: Source
    reason: str
    detail: str


def find_sources(paths: Iterable[Path]) -> tuple[list[Source], list[Skipped]]:
    """Return the article files under the given files and folders by name, and what is not one.

    Folders are searched to any depth; hidden files and sidecars are passed over. A file given
    by itself is always taken.

    Raises:
        NoInput: a path does not exist.

    """
    found: list[Source | Skipped] = []
    for path in paths:
        if path.is_dir():
            found += _walk(path.resolve())
        elif path.exists():
            found.append(Source(path.resolve(), _printable(path.name)))
        else:
            raise NoInput(f"{path} does not exist", "give the folder or the files that hold the articles")
    sources = [one for one in found if isinstance(one, Source)]
    skipped = [one for one in found if isinstance(one, Skipped)]
    return sorted(sources, key=lambda source: source.name), skipped


def _walk(root: Path) -> Iterator[Source | Skipped]:
    unreadable: list[OSError] = []
    for folder, folders, files in os.walk(root, onerror=unreadable.append, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for linked in filter(os.path.islink, (os.path.join(folder, name) for name in folders)):
            yield Skipped(Source(Path(linked), _name(root, Path(linked))), "link", "links are not followed")
        for name in sorted(files):
            if name.startswith(".") or name == SIDECAR:
                continue
            source = Source(Path(folder, name), _name(root, Path(folder, name)))
            if name.lower().endswith(SUFFIXES):
                yield source
            else:
                yield Skipped(source, "unknown-kind", f"only {' and '.join(SUFFIXES)} files are read")
    for error in unreadable:
        closed = Path(os.fsdecode(error.filename))
        yield Skipped(Source(closed, _name(root, closed)), "unreadable", error.strerror or str(error))


def _name(root: Path, file: Path) -> str:
    return _printable("/".join((root.name, *file.relative_to(root).parts)))


def _printable(name: str) -> str:
    # File names are bytes: those that are no UTF-8, and control characters, become escapes.
    readable = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in readable)


class _Refused(Exception):
    """A file is no article; holds reason and detail."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


def load(source: Source) -> Loaded | Skipped:
    """Read one file as UTF-8 text; every character is kept but a byte order mark and NULs."""
    try:
        text = _decode(_read(source.path))
    except OSError as error:
        return Skipped(source, "unreadable", error.strerror or str(error))
    except _Refused as refused:
        return Skipped(source, refused.reason, refused.detail)
    notes = []
    if text.startswith("\ufeff"):
        text = text.removeprefix("\ufeff")
        notes.append("byte order mark removed")
    if nuls := text.count("\0"):
        text = text.replace("\0", "")
        notes.append(f"{nuls} NUL characters removed")
    if not text.strip():
        return Skipped(source, "empty", "holds no visible character")
    return Loaded(source, text, tuple(notes))


def _read(path: Path) -> bytes:
    # Opened without blocking and without following a link: a FIFO would hang the run, and a
    # link could lead out of the folder.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _Refused("not-regular", "is no ordinary file")
        if status.st_size > LARGEST_FILE:
            raise _Refused("too-large", f"has {status.st_size:,} bytes, {LARGEST_FILE:,} are read at most")
        return file.read(LARGEST_FILE)


def _decode(content: bytes) -> str:
    if sum(content.count(byte) for byte in CONTROLS) > BINARY_SHARE * len(content):
        raise _Refused("binary", "holds more control characters than any text")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Refused(
            "not-utf-8", f"byte {error.start} is not valid UTF-8; save the file as UTF-8"
        ) from None
