"""Sources: the files to read, found under the given folders, and their names in the index."""

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag import sidecar
from rag.errors import NoInput

REMEDY = "give the folder or the files that hold the articles"
SUFFIXES = (".txt", ".md", ".html", ".htm", ".pdf", ".docx", ".jsonl", ".csv")


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
    """Return the article files under the given files, folders and globs by name, and what is not one.

    Folders are searched to any depth; hidden files and sidecars are passed over. A file given
    by itself is always taken. In a glob, `**` stands for folders to any depth.

    Raises:
        NoInput: a path does not exist or cannot be read, or a glob finds nothing.

    """
    found: list[Source | Skipped] = []
    for path in paths:
        try:
            found += _under(path)
        except OSError as error:
            raise NoInput(f"{path} cannot be read ({error.strerror or error})", REMEDY) from None
    sources = [one for one in found if isinstance(one, Source)]
    skipped = [one for one in found if isinstance(one, Skipped)]
    return sorted(sources, key=lambda source: source.name), skipped


def _under(path: Path) -> Iterable[Source | Skipped]:
    if path.is_dir():
        return _walk(path.resolve())
    if path.exists():
        return [Source(path.resolve(), printable(path.name))]
    if matching := _matching(path):
        return matching
    raise NoInput(f"{path} does not exist", REMEDY)


def _walk(root: Path) -> Iterator[Source | Skipped]:
    unreadable: list[OSError] = []
    for folder, folders, files in os.walk(root, onerror=unreadable.append, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for linked in filter(os.path.islink, (os.path.join(folder, name) for name in folders)):
            yield Skipped(Source(Path(linked), _name(root, Path(linked))), "link", "links are not followed")
        yield from (_file(root, Path(folder, name)) for name in sorted(files) if _is_candidate(name))
    for error in unreadable:
        closed = Path(os.fsdecode(error.filename))
        yield Skipped(Source(closed, _name(root, closed)), "unreadable", error.strerror or str(error))


def _matching(pattern: Path) -> list[Source | Skipped]:
    """Return the files a glob finds, named as from the folder in which its first wildcard stands."""
    if not glob.has_magic(str(pattern)):
        return []
    root = next(parent for parent in pattern.parents if not glob.has_magic(str(parent))).resolve()
    found = sorted(Path(name) for name in glob.glob(str(pattern), recursive=True))
    return [
        _file(root, file.parent.resolve() / file.name)
        for file in found
        if not file.is_dir() and _is_candidate(file.name)
    ]


def _is_candidate(name: str) -> bool:
    return not name.startswith(".") and name != sidecar.NAME


def _file(root: Path, path: Path) -> Source | Skipped:
    source = Source(path, _name(root, path))
    if path.name.lower().endswith(SUFFIXES):
        return source
    return Skipped(source, "unknown-kind", f"only {', '.join(SUFFIXES)} files are read")


def _name(root: Path, file: Path) -> str:
    # A link among the folders of a glob may lead out of its root.
    parts = file.relative_to(root).parts if file.is_relative_to(root) else file.parts[1:]
    return printable("/".join((root.name, *parts)))


def printable(name: str) -> str:
    """Return a name with what cannot be printed as escapes: file names are bytes, of UTF-8 or not."""
    readable = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in readable)
