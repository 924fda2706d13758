"""Records: files of many articles, one a line, as databases and scrapers export them (JSON Lines, CSV).

Fields: `text` is needed; `id`, `title`, `outlet`, `published_on` (2019-09-25), `language`, `url` and `author`
may be there or empty; a CSV may write these names large. Other fields are passed over and named in the
report. `id` names the article in the index ("export.jsonl#id"); without it, its line does, and then a line
put in above renames those below.
"""

import csv
import io
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn

from rag.formats.refused import Refused
from rag.formats.separator import stated_separator
from rag.stated import KEYS

FIELDS = ("id", "text", *KEYS)
LARGEST_RECORD = 5_000_000  # characters: an article a hundred times as long as a long one
LONGEST_FIELD = 50_000_000  # what is taken into memory to find the end of a field that is too large
HEADER = re.compile(r"(?:\s*[\r\n])?([^\r\n]*)")  # the first line that is not blank
SEPARATORS = ",;\t"  # of CSV; spreadsheets in French write semicolons
SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Record:
    """One article of a file: the line it begins on, what names it, its text and all its fields."""

    line: int
    name: str
    text: str
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that holds no article, with a short reason and what was seen."""

    line: int
    reason: str
    detail: str


def read_json_lines(content: bytes) -> Iterator[Record | Fault]:
    """Yield what each line holds that is not blank. JSON is UTF-8 by its definition (RFC 8259)."""
    for line, raw in enumerate(io.BytesIO(content.removeprefix(b"\xef\xbb\xbf")), start=1):
        if raw.isspace():
            continue
        try:
            yield _record(line, _object(raw))
        except Refused as refused:
            yield Fault(line, refused.reason, refused.detail)


def read_csv(text: str) -> Iterator[Record | Fault]:
    """Yield what each row under the header holds; a row may span lines, between quotes.

    Raises:
        Refused: there is no header that names a field "text".

    """
    csv.field_size_limit(LONGEST_FIELD)
    stated, text = stated_separator(text)
    separator, last = _separator(text, stated or SEPARATORS), deque[str](maxlen=1)
    rows = csv.reader(_lines(text, last), delimiter=separator, strict=True)
    header = _header(rows)
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
            if row:
                yield _record(line, _fields(header, row))
        except StopIteration:
            return
        except csv.Error as error:
            if rows.line_num > line or not _ends_row(last[0], separator):
                yield Fault(line, "bad-record", f"is no CSV: {error}; nothing from here on is read")
                return
            yield Fault(line, "bad-record", f"is no CSV: {error}")
        except Refused as refused:
            yield Fault(line, refused.reason, refused.detail)


def _lines(text: str, last: deque[str]) -> Iterator[str]:
    for line in io.StringIO(text, newline=""):
        last.append(line)
        yield line


def _header(rows: Iterator[list[str]]) -> list[str]:
    try:
        names = _names(next(row for row in rows if any(map(str.strip, row))))
    except csv.Error as error:
        raise Refused("no-header", f"the header is no CSV: {error}") from None
    if twice := [name for name in FIELDS if names.count(name) > 1]:
        raise Refused("no-header", f"the header names the field {twice[0]!r} more than once")
    return names


def _names(row: list[str]) -> list[str]:
    """Return the names of a header, those of fields in small letters unless another is written so."""
    names = [name.strip() for name in row]
    return [low if (low := name.lower()) in FIELDS and low not in names else name for name in names]


def _ends_row(line: str, separator: str) -> bool:
    """Return whether a damaged row ends with its line; else the lines below may be of its text."""
    after = line.rpartition('"')[2]
    return line.count('"') % 2 == 0 and after[:1] in ("", "\r", "\n", separator)


def _object(raw: bytes) -> dict[str, object]:
    if len(raw) > LARGEST_RECORD:
        raise Refused("too-large", f"has {len(raw):,} bytes, {LARGEST_RECORD:,} are read at most")
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_number, object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise Refused("encoding-error", f"byte {error.start} is not valid UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise Refused("bad-record", f"is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise Refused("bad-record", "is no JSON object")
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    if twice := [name for name in FIELDS if names.count(name) > 1]:
        raise Refused("bad-record", f"names the field {twice[0]!r} more than once")
    return dict(pairs)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _separator(text: str, candidates: str) -> str:
    header = next(HEADER.finditer(text))[1]
    for separator in candidates:
        if "text" in (name.strip(' "\r').lower() for name in header.split(separator)):
            return separator
    raise Refused("no-header", 'the header names no field "text"')


def _fields(header: list[str], row: list[str]) -> dict[str, object]:
    if (size := max(map(len, row))) > LARGEST_RECORD:
        raise Refused("too-large", f"has {size:,} characters in a field, {LARGEST_RECORD:,} are read at most")
    if len(row) != len(header):
        raise Refused("bad-record", f"has {len(row)} fields, the header {len(header)}")
    return dict(zip(header, row, strict=True))


def _record(line: int, fields: Mapping[str, object]) -> Record:
    text, name = fields.get("text"), fields.get("id")
    if not isinstance(text, str):
        raise Refused("bad-record", 'has no field "text" that is a string')
    if not isinstance(name, str | int | None):
        raise Refused("bad-record", f"id = {name!r} is neither a string nor a whole number")
    if any(isinstance(value, str) and SURROGATE.search(value) for value in fields.values()):
        raise Refused("encoding-error", "holds one half of a surrogate pair")
    return Record(line, str(line) if name in (None, "") else str(name), text, fields)
