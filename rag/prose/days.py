"""Days in French and English text, written out or in figures, in one form that can be compared."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from rag.spans import Span

_MONTHS = (
    r"jan(?:uary|vier|v\.|\.)",
    r"f[eé]b(?:ruary|\.)|f[eé]vr(?:ier|\.)",
    r"mar(?:ch|s|\.)",
    r"apr(?:il|\.)|avr(?:il|\.)",
    r"mai|may",
    r"june?|juin",
    r"july?|juil(?:let|\.)",
    r"aug(?:ust|\.)|ao[uû]t",
    r"sept(?:ember|embre|\.)",
    r"oct(?:ober|obre|\.)",
    r"nov(?:ember|embre|\.)",
    r"d[eé]c(?:ember|embre|\.)",
)
_WEEKDAYS = (
    *("monday|lundi", "tuesday|mardi", "wednesday|mercredi", "thursday|jeudi", "friday|vendredi"),
    *("saturday|samedi", "sunday|dimanche"),
)
_MONTH = "(?:" + "|".join(f"(?:{form})" for form in _MONTHS) + r")(?![^\W\d_])"
_DAY = r"(?P<{0}>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|er)?(?!\d)"
_YEAR = r"(?P<{0}>(?:1[5-9]|20)\d\d)(?!\d)"
# Lower-case "may" and "march" are verbs; "mars" and "mai" are months in any case.
_WRITTEN = re.compile(
    rf"(?<!\w){_DAY.format('d1')}(?: of)?\s+(?P<m1>{_MONTH})(?:,?\s+{_YEAR.format('y1')})?"
    rf"|(?<!\w)(?P<m2>{_MONTH})\s+{_DAY.format('d2')}(?:,?\s+{_YEAR.format('y2')})?"
    rf"|(?<!\w)(?P<m3>{_MONTH})(?:\s+(?:of\s+)?{_YEAR.format('y3')})?",
    re.IGNORECASE,
)
_ISO = re.compile(
    r"(?<![\d-])(?P<y>(?:1[5-9]|20)\d\d)-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])(?![\d-])"
)
_FIGURES = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?((?:1[5-9]|20)\d\d)(?![\d/-])")
_WEEKDAY = re.compile(
    "|".join(rf"(?P<w{n}>(?<![^\W\d_])(?:{form})s?(?![^\W\d_]))" for n, form in enumerate(_WEEKDAYS)),
    re.IGNORECASE,
)
_VERBS = ("may", "march")


class Day(NamedTuple):
    """A date, as much of it as is said; a lone `weekday` counts from Monday, 0."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None

    def within(self, other: "Day") -> bool:
        """Say whether `other` says all that this says."""
        return all(mine is None or mine == theirs for mine, theirs in zip(self, other, strict=True))


def days_of(text: str) -> Iterator[tuple[Span, frozenset[Day]]]:
    """Yield the place of each date and its readings: 03/04/2021 has two."""
    for found in _WRITTEN.finditer(text):
        month = found["m1"] or found["m2"] or found["m3"]
        if not (found["m3"] and month in _VERBS):
            yield Span(*found.span()), frozenset({_written(found, month)})
    for found in _ISO.finditer(text):
        yield Span(*found.span()), frozenset({Day(int(found["y"]), int(found["m"]), int(found["d"]))})
    for found in _FIGURES.finditer(text):
        readings = _readings(int(found[1]), int(found[3]), int(found[4]))
        if readings:
            yield Span(*found.span()), readings
    for found in _WEEKDAY.finditer(text):
        if found.lastgroup:
            yield Span(*found.span()), frozenset({Day(weekday=int(found.lastgroup[1:]))})


def _written(found: re.Match[str], month: str) -> Day:
    year, day = found["y1"] or found["y2"] or found["y3"], found["d1"] or found["d2"]
    number = next(n for n, form in enumerate(_MONTHS, 1) if re.fullmatch(form, month, re.IGNORECASE))
    return Day(int(year) if year else None, number, int(day) if day else None)


def _readings(first: int, second: int, year: int) -> frozenset[Day]:
    pairs = {(first, second), (second, first)}
    return frozenset(Day(year, month, day) for day, month in pairs if 1 <= month <= 12 and 1 <= day <= 31)
