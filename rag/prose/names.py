"""Names: of people, places, bodies and works, and whether a text mentions them, in French or English."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rag.lexical import term_of
from rag.prose.equivalents import WORD, fold, mentions_of
from rag.prose.lists import words_listed
from rag.spans import Span

_PARTICLES = words_listed("particles")
_UNNAMED = _PARTICLES | words_listed("titles") | words_listed("openers")
_SEPARATES = re.compile(r"[^\w\s'’.-]")
_OPENING_MARKS = '«“"(:–—-'


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the sentence has it: a run of words, each with the keys that stand for it."""

    text: str
    words: tuple[frozenset[str], ...]
    proper: bool = True


@dataclass(frozen=True, slots=True)
class Mentioned:
    """What a text mentions: its folded words in order, and every key that stands in it."""

    words: tuple[str, ...]
    keys: frozenset[str] = field(repr=False)

    def holds(self, name: Name) -> bool:
        """Say whether the name stands here; a proper name of several words, in one piece."""
        if not all(keys & self.keys for keys in name.words):
            return False
        return len(name.words) < 2 or not name.proper or self._holds_run(name.words)

    def _holds_run(self, wanted: Sequence[frozenset[str]]) -> bool:
        places = [[n for n, word in enumerate(self.words) if word in keys] for keys in wanted]
        reached = set(places[0])
        for earlier, later in pairwise(places):
            reached &= set(earlier)
            reached = {end for end in later if any(self._joined(start, end) for start in reached)}
        return bool(reached)

    def _joined(self, start: int, end: int) -> bool:
        return start < end and all(word in _PARTICLES for word in self.words[start + 1 : end])


def mentioned_in(text: str) -> Mentioned:
    """Return what a composed text mentions."""
    words = tuple(WORD.findall(fold(text)))
    groups = {one.group for one in mentions_of(text, "name") + mentions_of(text, "word")}
    return Mentioned(words, frozenset(words) | groups)


def names_of(text: str, outside: Sequence[Span] = ()) -> Iterator[Name]:
    """Yield the names in a composed sentence, except those within some spans (quotations, dates)."""
    known = [one for one in mentions_of(text, "name") if not _within(one.span, outside)]
    for place in dict.fromkeys(one.span for one in known):
        groups = frozenset(one.group for one in known if one.span == place)
        yield Name(place.slice(text), (groups,))
    run: list[tuple[Span, frozenset[str]]] = []
    for place, keys, common in _capitalised(text, [*outside, *(one.span for one in known)]):
        if run and (common or not _adjoin(text, run[-1][0], place)):
            yield _name(text, run)
            run = []
        if common:
            yield Name(place.slice(text), (keys,), proper=False)
        else:
            run.append((place, keys))
    if run:
        yield _name(text, run)


def _name(text: str, run: Sequence[tuple[Span, frozenset[str]]]) -> Name:
    return Name(text[run[0][0].start : run[-1][0].end], tuple(keys for _, keys in run))


def _adjoin(text: str, one: Span, other: Span) -> bool:
    between = text[one.end : other.start]
    return not re.search(r"[^\w\s'’.-]", between) and set(fold(between).split()) <= _PARTICLES | {
        ".",
        "-",
        "'",
    }


def _capitalised(text: str, outside: Sequence[Span]) -> Iterator[tuple[Span, frozenset[str], bool]]:
    """Yield place and keys of each capitalised word, and whether it is a common one ("Ministry")."""
    common = mentions_of(text, "word")
    for found in WORD.finditer(text):
        place, word = Span(*found.span()), found[0]
        if word == word.lower() or word.isdigit() or len(word) < 2 or _within(place, outside):
            continue
        groups = {one.group for one in common if one.span.overlap(place)}
        ordinary = _is_ordinary(word) or (bool(groups) and _opens(text, place.start))
        if not ordinary:
            yield place, frozenset({fold(word)} | groups), bool(groups)


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
