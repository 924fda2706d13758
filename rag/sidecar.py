"""A sidecar: `articles.toml`, what is known about articles beside their texts."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from rag.documents import Metadata
from rag.errors import BadData

KEYS = tuple(field.name for field in fields(Metadata))
LANGUAGE_CODE = re.compile("[a-z]{2,3}")


def read_sidecar(path: Path) -> dict[str, Metadata]:
    """Return the metadata of a sidecar, `articles.toml`: one table for each file name.

    Raises:
        BadData: the file cannot be read, or holds an unknown key or a value of the wrong kind.

    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
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
    place = f"{path}: [{name!r}]"
    return Metadata(
        title=_text(place, "title", table),
        outlet=_text(place, "outlet", table),
        published_on=_date(place, table.get("published_on", "")),
        language=_language(place, table),
        url=_web_address(place, table),
    )


def _text(place: str, key: str, table: Mapping[str, object]) -> str | None:
    """Return the words under a key, None for an empty string: it says that nothing is known."""
    value = table.get(key, "")
    if not isinstance(value, str):
        raise BadData(f"{place} {key} = {value!r} is not text", "Write it between quotes.")
    return value.strip() or None


def _date(place: str, value: object) -> date | None:
    if value == "":
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()  # type: ignore[arg-type]  # any other type is refused
    except (TypeError, ValueError):
        raise BadData(f"{place} published_on = {value!r} is not a date", "Write it as 2019-09-25.") from None


def _language(place: str, table: Mapping[str, object]) -> str | None:
    code = _text(place, "language", table)
    if code and not LANGUAGE_CODE.fullmatch(code):
        raise BadData(f"{place} language = {code!r} is not a code", 'Write two or three letters, as in "fr".')
    return code


def _web_address(place: str, table: Mapping[str, object]) -> str | None:
    url = _text(place, "url", table)
    if url and not _is_web_address(url):
        raise BadData(f"{place} url = {url!r} is not a web address", "Write http:// or https:// and a host.")
    return url


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    visible = value.isprintable() and not any(map(str.isspace, value))
    return parts.scheme in ("http", "https") and bool(parts.hostname) and visible
