"""Whether cited passages support a sentence: what it quotes, counts, dates and names stands in them.

The check needs no model and no network, and reads French and English alike. It looks at what a
reader would look up first; it does not prove that the sentence follows from the passages.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from embeddings import Lexicon
from rag.language import detect_language
from rag.prose.days import Day, days_of
from rag.prose.names import Mentioned, Name, mentioned_in, names_of
from rag.prose.numbers import Number, numbers_of
from rag.prose.quotations import is_quoted_from, quotations_of
from rag.prose.words import ENOUGH, Words, denied_alike, share_said, words_in
from rag.sentences import sentence_spans
from rag.spans import Span

LANGUAGES = ("en", "fr")
REMEMBERED_PASSAGES = 256  # some 30 kB each: follow-ups meet the same passages again


@dataclass(frozen=True, slots=True)
class Claims:
    """What a sentence states that can be looked up; every reading of a date in a set of its own."""

    quotations: tuple[str, ...]
    days: tuple[frozenset[Day], ...]
    numbers: frozenset[Number]
    names: tuple[Name, ...]
    words: Words
    language: str


@dataclass(frozen=True, slots=True)
class Source:
    """A passage to check against."""

    text: str
    days: frozenset[Day]
    numbers: frozenset[Number]
    mentioned: Mentioned
    sentences: tuple[Words, ...]
    language: str


def claims_of(sentence: str) -> Claims:
    """Return what a sentence claims."""
    text = unicodedata.normalize("NFC", sentence)
    quoted, dated = list(quotations_of(text)), list(days_of(text))
    quotes, dates = tuple(place for place, _ in quoted), tuple(place for place, _ in dated)
    language = detect_language(text, LANGUAGES)
    return Claims(
        tuple(words for _, words in quoted),
        tuple(readings for place, readings in dated if not _inside(place, quotes)),
        frozenset(numbers_of(text, language, quotes + dates)),
        tuple(names_of(text, quotes + dates)),
        words_in(text),
        language,
    )


@lru_cache(REMEMBERED_PASSAGES)
def source_of(passage: str, language: str | None) -> Source:
    """Return what a passage in a language (ISO 639-1) holds."""
    text = unicodedata.normalize("NFC", passage)
    dated = list(days_of(text))
    days = frozenset(day for _, readings in dated for day in readings)
    years = {Number(Decimal(day.year)) for day in days if day.year}
    language = language or detect_language(text)
    numbers = frozenset(numbers_of(text, language, tuple(place for place, _ in dated)))
    sentences = tuple(words_in(span.slice(text)) for span in sentence_spans(text))
    return Source(text, days, numbers | years, mentioned_in(text), sentences, language)


def unsupported(claims: Claims, sources: Sequence[Source], lexicon: Lexicon | None) -> Iterator[str]:
    """Yield what the sources do not hold, in words: nothing where the sentence is supported."""
    yield from _unsupported_details(claims, sources)
    words = [sentence for source in sources for sentence in source.sentences]
    if not denied_alike(claims.words, words):
        yield "denial" if claims.words.denies else "a denial left out"
    # Without a lexicon, words can be compared within one language only.
    if lexicon or all(source.language == claims.language for source in sources):
        share = share_said(claims.words, words, lexicon)
        if share < ENOUGH:
            yield f"words {share:.2f}"


def _unsupported_details(claims: Claims, sources: Sequence[Source]) -> Iterator[str]:
    for words in claims.quotations:
        if not any(is_quoted_from(words, source.text) for source in sources):
            yield f"quotation {words!r}"
    days = frozenset[Day]().union(*(source.days for source in sources))
    for readings in claims.days:
        if not any(day.within(known) for day in readings for known in days):
            yield f"date {_shown(readings)}"
    for number in claims.numbers - frozenset[Number]().union(*(source.numbers for source in sources)):
        yield f"number {number.value:f}{number.unit}"
    for name in claims.names:
        if not any(source.mentioned.holds(name, source.language == claims.language) for source in sources):
            yield f"name {name.text!r}"


def _shown(readings: frozenset[Day]) -> str:
    """Return "2021-3-4 or 2021-4-3"."""
    said = (["?" if part is None else str(part) for part in day[:3]] for day in sorted(readings, key=str))
    return " or ".join("-".join(parts) for parts in said)


def _inside(place: Span, parts: Sequence[Span]) -> bool:
    return any(part.overlap(place) for part in parts)
