"""Numbers in French and English text, as figures or words, in one form that can be compared.

"1 500", "1,500" (English), "mille cinq cents" and "fifteen hundred" are one number; "75 %" and
"75 per cent" are one share.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from rag.letters import PLAIN
from rag.prose.number_words import spelled_numbers
from rag.spans import Span


class Number(NamedTuple):
    """A quantity: its value, and "%", a currency, "th" (a place in an order) or "" as unit."""

    value: Decimal
    unit: str = ""


SPACES = " \u00a0\u2009\u202f"
FIGURES = rf"\d{{1,3}}(?:[{SPACES}]\d{{3}})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*"
# What multiplies the figure before it. MDH, MMDH: millions, thousand millions of dirhams.
SCALES = {
    "thousand": 3,
    "mille": 3,
    "k": 3,
    "million": 6,
    "millions": 6,
    "m": 6,
    "mn": 6,
    "mdh": 6,
    "billion": 9,
    "billions": 9,
    "bn": 9,
    "milliard": 9,
    "milliards": 9,
    "md": 9,
    "mds": 9,
    "mmdh": 9,
    "trillion": 12,
    "trillions": 12,
}
UNITS = {
    "%": r"%|per ?cent|percent|pour ?cent|percentage points?",
    "EUR": r"€|euros?|eur",
    "USD": r"\$|(?:us )?dollars?|usd",
    "GBP": r"£|pounds?|livres? sterling|gbp",
    "MAD": r"dirhams?|dhs?|mad",
    "th": r"st|nd|rd|th|ère|er|ème|eme|e|nde?",
}
_SIGN = {"€": "EUR", "$": "USD", "£": "GBP"}
_OF = rf"[{SPACES}]?(?:of |de |d['’]|d')?"
NUMBER = re.compile(
    rf"(?P<sign>[€$£])?[{SPACES}]?(?<![\w.,])(?P<figures>{FIGURES})"
    rf"(?:[{SPACES}]?(?P<scale>{'|'.join(sorted(SCALES, key=len, reverse=True))})(?![^\W\d_]))?"
    + "(?:"
    + "|".join(rf"{_OF}(?P<{name if name != '%' else 'share'}>{form})(?!\w)" for name, form in UNITS.items())
    + ")?",
    re.IGNORECASE,
)
_GROUPS = {"%": "share"}
GROUPED = {
    "en": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"),
    "fr": re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?"),
}


def numbers_of(text: str, language: str, outside: tuple[Span, ...] = ()) -> Iterator[Number]:
    """Yield the numbers of a text, except those within some spans (dates, for one).

    Args:
        text: any text.
        language: "fr", or any other read as English: it tells "1,500" from "1.500".
        outside: parts of the text to leave out.

    """
    text = text.translate(PLAIN)
    for found in NUMBER.finditer(text):
        if not any(part.overlap(Span(*found.span("figures"))) for part in outside):
            yield _number(found, language)
    for place, value, unit in spelled_numbers(text):
        if not any(part.overlap(place) for part in outside):
            yield Number(value, unit)


def _number(found: re.Match[str], language: str) -> Number:
    scale = (found["scale"] or "").lower()
    # Written and read, not multiplied: a product is rounded to 28 digits.
    value = Decimal(f"{_written(found['figures'], language)}e{SCALES[scale] if scale else 0}")
    unit = _SIGN.get(found["sign"] or "") or next((u for u in UNITS if found[_GROUPS.get(u, u)]), "")
    return Number(value, unit or ("MAD" if scale.endswith("dh") else ""))


def _written(figures: str, language: str) -> str:
    """Return figures as Python writes them, read by the custom of a language.

    A lone mark that cannot group thousands is a decimal one.
    """
    figures = re.sub(f"[{SPACES}]", "", figures)
    grouping = "." if language == "fr" else ","
    if GROUPED["fr" if language == "fr" else "en"].fullmatch(figures):
        figures = figures.replace(grouping, "")
    whole, *parts = re.split("[.,]", figures)
    # Several marks that group nothing: an outline or a version ("2.3.1"), kept apart from any other number.
    return f"{whole}.{''.join(parts)}" if parts else whole
