"""Passages: slices of a document, made of whole sentences."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise

from rag.documents import Document
from rag.sentences import sentence_spans, trimmed
from rag.spans import Span

# A longer run of letters counts as several tokens, so that a text without spaces is cut too.
TOKEN = re.compile(r"\w{1,64}|[^\w\s]")
CLAUSE_END = re.compile(r"[,;:»)\]…—–]\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of a document.

    Attributes:
        document_id: the document it is cut from.
        span: its place in the document's text.
        sentences: the sentences it is made of, in the document's offsets, in order.
        boilerplate: whether it stands in a part that was set aside.

    """

    document_id: str
    span: Span
    sentences: tuple[Span, ...]
    boilerplate: bool = False

    def numbers(self) -> list[int]:
        """Return all but the document as numbers, which are read sooner than objects; see `passage_of`."""
        return [int(self.boilerplate), *chain.from_iterable(self.sentences)]


def cut_passages(document: Document, max_tokens: int) -> Iterator[Passage]:
    """Yield the passages of a document: the body's in reading order, then those set aside.

    A passage holds whole sentences of neighbouring paragraphs, or of neighbouring lines set aside,
    `max_tokens` words and marks at most; only a longer sentence is cut, after a clause where it has one.
    """
    set_aside = [label.span for label in document.set_aside]
    for region in _gaps(set_aside, len(document.text)):
        yield from _pack(document, [region], max_tokens, boilerplate=False)
    for regions in _neighbours(set_aside, document.text):
        yield from _pack(document, regions, max_tokens, boilerplate=True)


def _gaps(spans: list[Span], length: int) -> Iterator[Span]:
    edges = [Span(0, 0), *spans, Span(length, length)]
    for before, after in pairwise(edges):
        if before.end < after.start:
            yield Span(before.end, after.start)


def _neighbours(spans: list[Span], text: str) -> Iterator[list[Span]]:
    """Yield the spans in groups between which nothing is to be seen."""
    group: list[Span] = []
    for span in spans:
        if group and text[group[-1].end : span.start].strip():
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _pack(document: Document, regions: list[Span], max_tokens: int, boilerplate: bool) -> Iterator[Passage]:
    packed: list[Span] = []
    room = max_tokens
    for whole in chain.from_iterable(sentence_spans(document.text, region) for region in regions):
        for sentence in _pieces(document.text, whole, max_tokens):
            size = _count_tokens(sentence.slice(document.text))
            if packed and size > room:
                yield _passage(document.id, packed, boilerplate)
                packed, room = [], max_tokens
            packed.append(sentence)
            room -= size
    if packed:
        yield _passage(document.id, packed, boilerplate)


def passage_of(document_id: str, numbers: Sequence[int]) -> Passage:
    """Return the passage of a document that has these `numbers`."""
    boilerplate, *edges = numbers
    return _passage(document_id, list(map(Span, edges[::2], edges[1::2])), bool(boilerplate))


def _passage(document_id: str, sentences: list[Span], boilerplate: bool) -> Passage:
    return Passage(document_id, Span(sentences[0].start, sentences[-1].end), tuple(sentences), boilerplate)


def _pieces(text: str, sentence: Span, max_tokens: int) -> Iterator[Span]:
    rest: Span | None = sentence
    while rest is not None:
        cut = _cut(text, rest, max_tokens)
        if (piece := trimmed(text, Span(rest.start, cut))) is not None:
            yield piece
        rest = trimmed(text, Span(cut, rest.end))


def _cut(text: str, sentence: Span, max_tokens: int) -> int:
    """Return where a sentence must be cut to fit; its end where it fits as it is."""
    overflowing = next(islice(TOKEN.finditer(text, *sentence), max_tokens, None), None)
    if overflowing is None:
        return sentence.end
    # Halfway at the earliest: a first clause of three words is no passage.
    half = (sentence.start + overflowing.start()) // 2
    clauses = [clause.end() for clause in CLAUSE_END.finditer(text, half, overflowing.start())]
    return clauses[-1] if clauses else overflowing.start()


def _count_tokens(text: str) -> int:
    return sum(1 for _ in TOKEN.finditer(text))
