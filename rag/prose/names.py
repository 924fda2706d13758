"""Names: of people, places, bodies and works, and whether a text mentions them, in French or English."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from rag.lexical import term_of
from rag.prose.equivalents import WORD, fold, mentions_of
from rag.prose.lists import words_listed
from rag.spans import Span

_PARTICLES = words_listed("particles")
_UNNAMED = _PARTICLES | words_listed("titles") | words_listed("openers")
_SEPARATES = re.compile(r"[^\w\s'’.-]")
_OPENING_MARKS = '«“"(:–—-'


class NameWord(NamedTuple):
    """A word of a name: as written, folded; the keys that stand for it; whether languages differ in it."""

    words: tuple[str, ...]
    keys: frozenset[str]
    translated: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the sentence has it: capitalised words that adjoin."""

    text: str
    words: tuple[NameWord, ...]


@dataclass(frozen=True, slots=True)
class Mentioned:
    """What a text mentions: its folded words in order, and every key that stands in it."""

    words: tuple[str, ...]
    keys: frozenset[str] = field(repr=False)

    def holds(self, name: Name, same_language: bool) -> bool:
        """Say whether the name stands here: every word, and words that are not translated in one piece."""
        if not all(word.keys & self.keys for word in name.words):
            return False
        return all(self._holds_run(run) for run in _runs(name, same_language))

    def _holds_run(self, wanted: Sequence[str]) -> bool:
        places = [[n for n, word in enumerate(self.words) if word == each] for each in wanted]
        reached = set(places[0])
        for later in places[1:]:
            reached = {end for end in later if any(self._joined(start, end) for start in reached)}
        return bool(reached)

    def _joined(self, start: int, end: int) -> bool:
        return start < end and all(word in _PARTICLES for word in self.words[start + 1 : end])


def _runs(name: Name, same_language: bool) -> Iterator[list[str]]:
    """Yield what must stand in one piece: all of a name, across languages what is not translated."""
    if same_language and len(name.words) > 1:
        yield [each for word in name.words for each in word.words]
    elif not same_language:
        for translated, run in groupby(name.words, lambda word: word.translated):
            words = [each for word in run for each in word.words]
            if not translated and len(words) > 1:
                yield words


def mentioned_in(text: str) -> Mentioned:
    """Return what a composed text mentions."""
    words = tuple(WORD.findall(fold(text)))
    groups = {one.group for one in mentions_of(text, "name") + mentions_of(text, "word")}
    return Mentioned(words, frozenset(words) | groups)


def names_of(text: str, outside: Sequence[Span] = ()) -> Iterator[Name]:
    """Yield the names in a composed sentence, except those within some spans (quotations, dates)."""
    run: list[tuple[Span, NameWord]] = []
    for place, word in sorted([*_known(text, outside), *_capitalised(text, outside)]):
        if run and not _adjoin(text, run[-1][0], place):
            yield _name(text, run)
            run = []
        run.append((place, word))
    if run:
        yield _name(text, run)


def _name(text: str, run: Sequence[tuple[Span, NameWord]]) -> Name:
    return Name(text[run[0][0].start : run[-1][0].end], tuple(word for _, word in run))


def _adjoin(text: str, one: Span, other: Span) -> bool:
    between = text[one.end : other.start]
    return not re.search(r"[^\w\s'’.-]", between) and set(fold(between).split()) <= _PARTICLES | {
        ".",
        "-",
        "'",
    }


def _known(text: str, outside: Sequence[Span]) -> Iterator[tuple[Span, NameWord]]:
    """Yield the names with equivalents, in any case: "marocaine" names a country as "Maroc" does."""
    groups: dict[Span, set[str]] = {}
    for one in mentions_of(text, "name"):
        if not _within(one.span, outside):
            groups.setdefault(one.span, set()).add(one.group)
    for place, keys in groups.items():
        yield place, NameWord(tuple(WORD.findall(fold(place.slice(text)))), frozenset(keys), True)


def _capitalised(text: str, outside: Sequence[Span]) -> Iterator[tuple[Span, NameWord]]:
    """Yield the other capitalised words, unless they are so only because they open the sentence."""
    common = mentions_of(text, "word")
    skipped = [*outside, *(one.span for one in mentions_of(text, "name"))]
    for found in WORD.finditer(text):
        place, word = Span(*found.span()), found[0]
        if word == word.lower() or word.isdigit() or len(word) < 2 or _within(place, skipped):
            continue
        groups = {one.group for one in common if one.span.overlap(place)}
        if not _is_ordinary(word) and not (groups and _opens(text, place.start)):
            yield place, NameWord((fold(word),), frozenset({fold(word)} | groups), bool(groups))


def _is_ordinary(word: str) -> bool:
    folded = fold(word)
    if word.isupper():
        return False
    return folded in _UNNAMED or term_of(word, "en", "en") is None or term_of(word, "fr", "fr") is None


def _opens(text: str, start: int) -> bool:
    before = text[:start].rstrip()
    return not before or before[-1] in _OPENING_MARKS


def _within(place: Span, parts: Sequence[Span]) -> bool:
    return any(part.overlap(place) for part in parts)
