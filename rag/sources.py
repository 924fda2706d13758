"""Sources: the files to read, found under the given folders, and their names in the index."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.errors import NoInput

SUFFIXES = (".txt", ".md")
# What is known about the articles beside it; see `rag.sidecar`.
SIDECAR = "articles.toml"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: where it is, and its name in the index ("folder/sub/name.txt")."""

    path: Path
    name: str


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
            found.append(Source(path.resolve(), printable(path.name)))
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
    return printable("/".join((root.name, *file.relative_to(root).parts)))


def printable(name: str) -> str:
    """Return a name with what cannot be printed as escapes: file names are bytes, of UTF-8 or not."""
    readable = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in readable)
