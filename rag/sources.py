"""Sources: the files to read, found under the given folders, and their names in the index."""

import glob
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from rag import sidecar
from rag.errors import NoInput

LOCK = "~$"  # Word writes one beside a document that is open, with its suffix
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


def find_sources(paths: Iterable[Path], own: Collection[Path] = ()) -> tuple[list[Source], list[Skipped]]:
    """Return the article files under the given files, folders and globs by name, and what is not one.

    Folders are searched to any depth; hidden files, sidecars, what office programs lock files with and the
    index's `own` files and folders, given resolved, are passed over. A file given by itself is always taken.
    In a glob, `**` stands for folders to any depth; folders it finds are searched.

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
    others = (one for one in found if isinstance(one, Skipped))
    # Nothing that an index consists of has the suffix of an article.
    skipped = [one for one in others if not any(one.source.path.is_relative_to(path) for path in own)]
    return sorted(sources, key=lambda source: source.name), skipped


def _under(path: Path) -> Iterable[Source | Skipped]:
    if path.is_dir():
        root = path.resolve()
        return _walk(root, root)
    if path.exists():
        return [Source(path.resolve(), printable(path.name))]
    if (matching := _matching(path)) is not None:
        return matching
    raise NoInput(f"{path} does not exist", REMEDY)


def _walk(top: Path, root: Path) -> Iterator[Source | Skipped]:
    """Yield what lies under a folder, named as from `root`."""
    unreadable: list[OSError] = []
    for folder, folders, files in os.walk(top, onerror=unreadable.append, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for linked in filter(os.path.islink, (os.path.join(folder, name) for name in folders)):
            yield _link(root, Path(linked))
        yield from (_file(root, Path(folder, name)) for name in sorted(files) if _is_candidate(name))
    for error in unreadable:
        yield _unreadable(root, Path(os.fsdecode(error.filename)), error)


def _matching(pattern: Path) -> list[Source | Skipped] | None:
    """Return what a glob finds, named as from the folder of its first wildcard; None where nothing matches.

    A folder it finds is searched like one that is given; links to folders are not followed there either.
    """
    parts = pattern.parts
    first = next((place for place, part in enumerate(parts) if glob.has_magic(part)), None)
    if first is None:
        return None
    root = Path(*parts[:first]).resolve()
    matched = list(_matched(root, parts[first:], root)) if root.is_dir() else []
    found = (one for match in matched for one in _found(match, root))
    # `**` may find a file and the folders above it.
    return list(dict.fromkeys(found)) if matched else None


def _matched(folder: Path, parts: Sequence[str], root: Path) -> Iterator[Path | Skipped]:
    """Yield the files and folders under a folder whose path fits these parts of a glob."""
    if tuple(parts) in ((), ("**",)):
        yield folder
        return
    part, rest = parts[0], parts[1:]
    below = parts if part == "**" else rest
    if part == "**":
        yield from _matched(folder, rest, root)
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield _unreadable(root, folder, error)
        return
    for entry in entries:
        path = folder / entry.name
        if not _fits(entry.name, part):
            continue
        if entry.is_dir():
            yield from [_link(root, path)] if entry.is_symlink() else _matched(path, below, root)
        elif not rest and _is_candidate(entry.name):
            yield path


def _fits(name: str, part: str) -> bool:
    return fnmatchcase(name, part) and (part.startswith(".") or not name.startswith("."))


def _found(match: Path | Skipped, root: Path) -> Iterable[Source | Skipped]:
    if isinstance(match, Skipped):
        return [match]
    return _walk(match, root) if match.is_dir() else [_file(root, match)]


def _link(root: Path, path: Path) -> Skipped:
    return Skipped(Source(path, _name(root, path)), "link", "links are not followed")


def _unreadable(root: Path, path: Path, error: OSError) -> Skipped:
    return Skipped(Source(path, _name(root, path)), "unreadable", error.strerror or str(error))


def _is_candidate(name: str) -> bool:
    return not name.startswith((".", LOCK)) and name != sidecar.NAME


def _file(root: Path, path: Path) -> Source | Skipped:
    source = Source(path, _name(root, path))
    if path.name.lower().endswith(SUFFIXES):
        return source
    return Skipped(source, "unknown-kind", f"only {', '.join(SUFFIXES)} files are read")


def _name(root: Path, file: Path) -> str:
    return printable("/".join((root.name, *file.relative_to(root).parts)))


def printable(name: str) -> str:
    """Return a name with what cannot be printed as escapes: file names are bytes, of UTF-8 or not."""
    readable = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in readable)
