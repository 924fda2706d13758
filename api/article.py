"""An article laid out for reading: paragraphs, the cited words marked, what was set aside folded.

`static/app.js` lays out articles by the same rules; a browser test holds the two equal.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.documents import Document, SetAside
from rag.spans import Span

# A line with the blanks around it. Written with explicit characters, because \s is another set in JavaScript.
PARAGRAPH = re.compile(r"[ \t\xa0\r\n\u2028\u2029]*[^\r\n\u2028\u2029]*[ \t\xa0\r\n\u2028\u2029]*")
BLANK = " \t\xa0\r\n\u2028\u2029"


@dataclass(frozen=True, slots=True)
class Mark:
    """Words to be marked, and as what: "cited" (the passage) or "answer" (the sentence)."""

    span: Span
    kind: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text under the same marks; `kind` is empty where there are none."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the article; `reasons` is empty for the body, else why the part was set aside."""

    paragraphs: tuple[tuple[Piece, ...], ...]
    reasons: tuple[str, ...] = ()

    @property
    def marked(self) -> bool:
        """Return whether a marked word stands in this part."""
        return any(piece.kind for paragraph in self.paragraphs for piece in paragraph)


def blocks(document: Document, marks: Sequence[Mark]) -> list[Block]:
    """Lay out a document; the pieces joined in order are its text, character for character."""
    return [
        Block(tuple(tuple(cut(document.text, line, marks)) for line in lines), reasons)
        for lines, reasons in _parts(document)
    ]


def cut(text: str, span: Span, marks: Sequence[Mark]) -> Iterator[Piece]:
    """Cut `text[span]` wherever a mark begins or ends."""
    edges = {edge for mark in marks for edge in mark.span if span.start < edge < span.end}
    for start, end in pairwise(sorted(edges | set(span))):
        kinds = dict.fromkeys(m.kind for m in marks if m.span.start <= start and end <= m.span.end)
        yield Piece(text[start:end], " ".join(kinds))


def _parts(document: Document) -> Iterator[tuple[list[Span], tuple[str, ...]]]:
    """Return the lines of body and set-aside parts in turn, with the reasons of the latter."""
    position = 0
    for group in _neighbours(document):
        if position < group[0].span.start:
            yield _paragraphs(document.text, Span(position, group[0].span.start)), ()
        position = group[-1].span.end
        edges = [*(aside.span.start for aside in group), position]
        yield [Span(*pair) for pair in pairwise(edges)], tuple(dict.fromkeys(a.reason for a in group))
    if position < len(document.text):
        yield _paragraphs(document.text, Span(position, len(document.text))), ()


def _neighbours(document: Document) -> list[list[SetAside]]:
    """Group the set-aside lines between which nothing but blanks stands."""
    groups: list[list[SetAside]] = []
    for aside in document.set_aside:
        if groups and not document.text[groups[-1][-1].span.end : aside.span.start].strip(BLANK):
            groups[-1].append(aside)
        else:
            groups.append([aside])
    return groups


def _paragraphs(text: str, part: Span) -> list[Span]:
    lines = PARAGRAPH.finditer(text, part.start, part.end)
    return [Span(*line.span()) for line in lines if line.end() > line.start()]
