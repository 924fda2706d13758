"""A sidecar: `articles.toml`, what is known about articles beside their texts."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from rag.documents import Metadata
from rag.errors import BadData
from rag.letters import composed
from rag.stated import KEYS, merge, read_statement

NAME = "articles.toml"


def read_sidecar(path: Path) -> dict[str, Metadata]:
    """Return the metadata of a sidecar, `articles.toml`: one table for each file name.

    Raises:
        BadData: the file cannot be read, or holds an unknown key or a value of the wrong kind.

    """
    try:
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadData(f"{path}: byte {error.start} is not UTF-8", "Save it as UTF-8.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise BadData(f"{path}: {error}", "Correct the file, or move it away.") from error
    return {name: _entry(path, name, table) for name, table in tables.items()}


def _entry(path: Path, name: str, table: object) -> Metadata:
    if not isinstance(table, Mapping):
        message = f"{path}: {name!r} is {table!r}, not a table"
        raise BadData(message, f'Write a table ["{name}"] with any of: {", ".join(KEYS)}.')
    for key in table:
        if key not in KEYS:
            message = f"{path}: [{name!r}] has the unknown key {key!r}"
            raise BadData(message, f"Allowed keys: {', '.join(KEYS)}.")
    return read_statement(f"{path}: [{name!r}]", table)


class Sidecars:
    """The sidecars of many articles; they lie beside the articles or one folder above."""

    def __init__(self) -> None:
        self._tables: dict[Path, dict[str, Metadata]] = {}

    def stated(self, article: Path) -> Metadata:
        """Return what sidecars state of the articles in a file.

        Raises:
            BadData: a sidecar is wrong.

        """
        folder, name = article.absolute().parent, composed(article.name)
        beside, above = (self._table(place / NAME).get(name, Metadata()) for place in (folder, folder.parent))
        return merge(beside, above)

    def notes(self) -> dict[str, tuple[str, ...]]:
        """Return what the sidecars read so far say about files that are not there, by sidecar."""
        notes: dict[str, tuple[str, ...]] = {}
        for path, table in sorted(self._tables.items()):
            there = _names_under(path.parent) if table else set()
            if missing := [name for name in table if name not in there]:
                hint = " (a name stands without its folder)" if "/" in "".join(missing) else ""
                notes[str(path)] = (f"speaks of files that are not there: {', '.join(missing)}{hint}",)
        return notes

    def _table(self, path: Path) -> dict[str, Metadata]:
        if path not in self._tables:
            stated = read_sidecar(path) if path.is_file() else {}
            self._tables[path] = {composed(name): known for name, known in stated.items()}
        return self._tables[path]


def _names_under(folder: Path) -> set[str]:
    return {composed(path.name) for pattern in ("*", "*/*") for path in folder.glob(pattern)}
