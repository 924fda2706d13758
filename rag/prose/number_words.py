"""Numbers written out, French and English: "cinquante-trois", "two hundred", "une douzaine", "troisième"."""

import re
from collections.abc import Iterator
from decimal import Decimal

from rag.prose.lists import numbers_listed, patterns_listed
from rag.spans import Span

_ONES = ("one", "un", "une")
_ABOUT = numbers_listed("about")
_TIMES = numbers_listed("times")
_VALUES = numbers_listed("numbers") | _ABOUT | _TIMES
_ORDINALS = patterns_listed("ordinals")
_PLURAL = "|".join(rf"{word}s?" for word in sorted(_VALUES, key=len, reverse=True))
_WORD = rf"(?:{_PLURAL})(?![^\W\d_])"
_SPELLED = re.compile(
    rf"(?<![^\W_])(?<!per )(?<!pour ){_WORD}(?:(?:[-\s]|[\s-](?:et|and)[\s-]){_WORD})*", re.IGNORECASE
)
_ORDINAL = re.compile(
    "|".join(rf"(?P<n{place}>(?<![^\W\d_])(?:{form})(?![^\W\d_]))" for place, form in _ORDINALS.items()),
    re.IGNORECASE,
)
_BEFORE_SCALE = re.compile(r"\d[\d\s.,]*$")


def spelled_numbers(text: str) -> Iterator[tuple[Span, Decimal, str]]:
    """Yield place, value and unit ("th" for a place in an order, else "") of each number written out."""
    for found in _SPELLED.finditer(text):
        words = re.split(r"[-\s]+", found[0].lower())
        if any(word not in _ONES for word in words) and not _BEFORE_SCALE.search(text, 0, found.start()):
            yield Span(*found.span()), Decimal(_total(words)), ""
    for found in _ORDINAL.finditer(text):
        if found.lastgroup:
            yield Span(*found.span()), Decimal(found.lastgroup[1:]), "th"


def _total(words: list[str]) -> int:
    """Add up: "deux cent trois mille" is (2 x 100 + 3) x 1000; "quatre-vingt" is 4 x 20."""
    total = current = 0
    for word in words:
        name = word if word in _VALUES else word.removesuffix("s")
        value = _VALUES.get(name)
        if value is None:  # "et", "and"
            continue
        if name in _TIMES and value >= 1000:
            total, current = total + max(current, 1) * value, 0
        elif name in _ABOUT and current == 1:  # "une cinquantaine"
            current = value
        elif name in _TIMES or (name in ("vingt", "vingts") and current == 4):
            current = max(current, 1) * value
        else:
            current += value
    return total + current
