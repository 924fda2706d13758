"""What is stated about an article beside its text, field by field: by a sidecar, a record or a page."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from urllib.parse import urlsplit

from rag.documents import Metadata
from rag.errors import BadData

KEYS = tuple(field.name for field in fields(Metadata))
LANGUAGE_CODE = re.compile("[a-z]{2,3}")
EARLIEST = date(1605, 1, 1)  # the first printed newspaper, Strasbourg 1605
# A fixed day, not tomorrow: an index must not depend on the day it is made. Beyond it stand misprints.
LATEST = date(2049, 12, 31)
# Databases and pages give the second as well; the day, as written, is the day of publication.
TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}.*", re.DOTALL)


def read_statement(place: str, table: Mapping[str, object]) -> Metadata:
    """Return what a table states; keys of other names are passed over.

    Raises:
        BadData: a value is of the wrong kind; the message begins with `place`.

    """
    return Metadata(
        title=_text(place, "title", table),
        outlet=_text(place, "outlet", table),
        published_on=_date(place, table.get("published_on", "")),
        language=_language(place, table),
        url=_web_address(place, table),
        author=_text(place, "author", table),
    )


def believe(table: Mapping[str, object]) -> tuple[Metadata, tuple[str, ...]]:
    """Return what can be believed of a table that no person wrote for Ibid, and why the rest is not."""
    known, notes = Metadata(), []
    for key in KEYS:
        value = table.get(key)
        if value in (None, ""):
            continue
        try:
            given = read_statement("the file states:", {key: value})
        except BadData as error:
            notes.append(str(error))
            continue
        if given.published_on and not EARLIEST <= given.published_on <= LATEST:
            notes.append(f"date out of range: {value!r}")
            continue
        known = replace(known, **{key: getattr(given, key)})
    return known, tuple(notes)


def merge(first: Metadata, second: Metadata) -> Metadata:
    """Return both together; where both speak, the first is believed."""
    given = {key: value for key in KEYS if (value := getattr(first, key)) is not None}
    return replace(second, **given)


def _text(place: str, key: str, table: Mapping[str, object]) -> str | None:
    """Return the words under a key on one line, None for an empty string: it says that nothing is known."""
    value = table.get(key, "")
    if not isinstance(value, str):
        raise BadData(f"{place} {key} = {value!r} is not text", "Write it between quotes.")
    return " ".join(value.strip().splitlines()) or None


def _date(place: str, value: object) -> date | None:
    if value == "":
        return None
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    try:
        if not isinstance(value, str):
            raise ValueError
        timed = TIME.fullmatch(value.strip())
        return datetime.strptime(timed[1] if timed else value, "%Y-%m-%d").date()
    except ValueError:
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
