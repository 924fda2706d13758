"""Names and words that stand for each other in French and English, read from `equivalents.tsv`.

Each line: "name" (proper, counts in any case: "marocaine") or "word" (common: "Ministry"), then
the forms, tab-separated. A form all in capitals ("US") is matched in capitals only.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from rag.spans import Span

FILE = Path(__file__).parent / "equivalents.tsv"
WORD = re.compile(r"[^\W_]+")
PLURALS = ("es", "s")
Kind = Literal["name", "word"]


class Mention(NamedTuple):
    """Where a group of equivalents is mentioned; equal `group` means equal meaning."""

    span: Span
    group: str


class _Form(NamedTuple):
    """A form, word by word; `capitals` where it counts in capitals only."""

    words: tuple[str, ...]
    group: str
    capitals: bool


def fold(text: str) -> str:
    """Return a composed text in lower case without accents, character for character."""
    return "".join(map(_folded, text))


@cache
def _folded(character: str) -> str:
    lower = unicodedata.normalize("NFD", character)[0].lower()
    return lower if len(lower) == 1 else character


def mentions_of(text: str, kind: Kind) -> list[Mention]:
    """Return the mentions in a composed text, in order; of forms that overlap, the longest."""
    places = [Span(*found.span()) for found in WORD.finditer(text)]
    written = [place.slice(text) for place in places]
    folded = [fold(word) for word in written]
    mentions: list[Mention] = []
    reached = 0
    for start in range(len(places)):
        if start < reached:
            continue
        matching = list(_matching(kind, written[start:], folded[start:]))
        longest = max((len(form.words) for form in matching), default=0)
        reached = start + longest
        span = Span(places[start].start, places[reached - 1].end) if longest else Span(0, 0)
        mentions += [Mention(span, form.group) for form in matching if len(form.words) == longest]
    return mentions


def _matching(kind: Kind, written: Sequence[str], folded: Sequence[str]) -> Iterator[_Form]:
    for first in _singulars(folded[0]):
        for form in _forms()[kind].get(first, ()):
            given = (written if form.capitals else folded)[: len(form.words)]
            if len(given) == len(form.words) and _is(form, given):
                yield form


def _is(form: _Form, given: Sequence[str]) -> bool:
    endings = [given[-1]] if form.capitals else _singulars(given[-1])
    return tuple(given[:-1]) == form.words[:-1] and form.words[-1] in endings


def _singulars(word: str) -> list[str]:
    return [word, *(word.removesuffix(ending) for ending in PLURALS if word.endswith(ending))]


@cache
def _forms() -> Mapping[Kind, Mapping[str, Sequence[_Form]]]:
    """Return the forms of each kind by their first word, folded."""
    forms: dict[Kind, dict[str, list[_Form]]] = {"name": defaultdict(list), "word": defaultdict(list)}
    for number, line in enumerate(FILE.read_text("utf-8").splitlines()):
        kind, *written = line.split("\t")
        for form in dict.fromkeys(written):
            words, capitals = WORD.findall(form), form.isupper()
            kept = tuple(words if capitals else map(fold, words))
            forms["name" if kind == "name" else "word"][fold(words[0])].append(
                _Form(kept, str(number), capitals)
            )
    return forms
