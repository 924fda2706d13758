"""From files to texts. What cannot be read is skipped with a reason, never silently."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Protocol

from rag.documents import Metadata
from rag.formats.content import LARGEST_COLLECTION, LARGEST_FILE, read_content
from rag.formats.encodings import decode
from rag.formats.extracted import Extracted
from rag.formats.html import declared_charset
from rag.formats.records import FIELDS, Fault, Record, read_csv, read_json_lines
from rag.formats.refused import Refused
from rag.sources import Skipped, Source, printable
from rag.spans import Span
from rag.stated import believe

PARSED = {".html": "html", ".htm": "html", ".pdf": "pdf", ".docx": "docx"}
COLLECTIONS = (".jsonl", ".csv")


@dataclass(frozen=True, slots=True)
class Loaded:
    """An article as read.

    Attributes:
        source: an article that shares its file with others is named "folder/file.jsonl#id".
        text: to be stored as it is.
        notes: what was guessed or left out.
        stated: what the file states about it.
        outside: what the file's format shows not to be the article.

    """

    source: Source
    text: str
    notes: tuple[str, ...]
    stated: Metadata
    outside: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said about a file that holds several articles."""

    source: Source
    text: str


class Reader(Protocol):
    """Reads foreign formats: `Parser`, or several of them."""

    def read(self, kind: str, content: bytes) -> Extracted:
        """Return what a file of a kind, "html", "pdf" or "docx", holds. Raises Refused."""
        ...


def load(source: Source, reader: Reader) -> Iterator[Loaded | Skipped | Remark]:
    """Yield the articles of a file. In a text every character is kept but a byte order mark and NULs."""
    suffix = PurePath(source.path).suffix.lower()
    try:
        if suffix in COLLECTIONS:
            yield from _collection(source, suffix)
        else:
            yield _single(source, suffix, reader)
    except OSError as error:
        yield Skipped(source, "unreadable", error.strerror or str(error))
    except Refused as refused:
        yield Skipped(source, refused.reason, refused.detail)


def _single(source: Source, suffix: str, reader: Reader) -> Loaded | Skipped:
    content = read_content(source.path, LARGEST_FILE)
    kind = PARSED.get(suffix)
    if kind is None:
        return _article(source, *decode(content), Metadata())
    notes: tuple[str, ...] = ()
    if kind == "html":
        page, notes = decode(content, declared_charset(content))
        content = page.encode()
    found = reader.read(kind, content)
    # A PDF may hold halves of characters and NULs; one character stands for each, so that places hold.
    text = found.text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    stated, doubts = believe(found.fields)
    article = _article(source, text, (*notes, *found.notes, *doubts), stated)
    outside = tuple(Span(start, end) for start, end in found.outside)
    return replace(article, outside=outside) if isinstance(article, Loaded) else article


def _collection(source: Source, suffix: str) -> Iterator[Loaded | Skipped | Remark]:
    content = read_content(source.path, LARGEST_COLLECTION)
    notes: tuple[str, ...] = ()
    if suffix == ".csv":
        text, notes = decode(content)
        records = read_csv(text)
    else:
        records = read_json_lines(content)
    seen: dict[str, Record] = {}
    for one in records:
        if isinstance(one, Fault):
            yield Skipped(_line(source, one.line), one.reason, one.detail)
        elif (first := seen.setdefault(printable(one.name), one)) is not one:
            same = "the same text" if first.text == one.text else "another text"
            detail = f"has the id {one.name!r} of line {first.line}, and {same}"
            yield Skipped(_line(source, one.line), "id-given-twice", detail)
        else:
            yield _from_record(source, one, notes)
    others = sorted({field for record in seen.values() for field in record.fields} - set(FIELDS))
    if others:
        yield Remark(source, f"fields passed over: {', '.join(others)}; those read are {', '.join(FIELDS)}")


def _from_record(source: Source, record: Record, notes: tuple[str, ...]) -> Loaded | Skipped:
    stated, doubts = believe(record.fields)
    article = Source(source.path, f"{source.name}#{printable(record.name)}")
    return _article(article, record.text.replace("\0", ""), (*notes, *doubts), stated)


def _line(source: Source, line: int) -> Source:
    return Source(source.path, f"{source.name}:{line}")


def _article(source: Source, text: str, notes: tuple[str, ...], stated: Metadata) -> Loaded | Skipped:
    if not text.strip():
        return Skipped(source, "empty", "holds no visible character")
    return Loaded(source, text, notes, stated)
