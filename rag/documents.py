"""A document: one article, its stored text and what is known about it."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date

from rag.spans import Span

ID_LENGTH = 16  # hexadecimal digits: 64 bits, collision-free far beyond 10^6 articles
ID = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class SetAside:
    """A line that is not part of the article's body, and why it is thought so."""

    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What an article says about itself; None where it does not say."""

    title: str | None = None
    outlet: str | None = None
    published_on: date | None = None
    language: str | None = None
    url: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One article.

    Attributes:
        id: 16 hexadecimal digits made from `source`: stable while the text changes.
        source: where it came from, "folder/path/name.txt", POSIX separators.
        text: the stored text. Every offset in Ibid counts its code points.
        metadata: title, outlet, date, language, address.
        set_aside: labelled boilerplate, in order, without overlaps.
        notes: guesses and repairs made while reading, for the report of the run.
        copy_of: id of the article this one is a copy of; None for an original.

    """

    id: str
    source: str
    text: str
    metadata: Metadata = field(default_factory=Metadata)
    set_aside: tuple[SetAside, ...] = ()
    notes: tuple[str, ...] = ()
    copy_of: str | None = None

    @property
    def sha256(self) -> str:
        """Return the digest of the stored text in UTF-8, hexadecimal."""
        return text_digest(self.text)

    @property
    def digest(self) -> str:
        """Return the digest of the stored text and of what is known about it, hexadecimal."""
        return text_digest(f"{self.sha256} {self.metadata}")


def document_id(source: str) -> str:
    """Return the id of the document read from `source`."""
    return text_digest(source)[:ID_LENGTH]


def text_digest(text: str) -> str:
    """Return SHA-256 of a text in UTF-8, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
