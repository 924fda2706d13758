"""Dates in a question, in French and English: what is written, and the days it means.

Only what is plainly a date counts: a year needs a word that makes it one ("in 2019", "depuis 2019").
"loi de 1905", "A320", "G20" and "Maroc Digital 2030" name things.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rag.letters import PLAIN
from rag.spans import Span


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a question: its place, and the first and the last day it means."""

    span: Span
    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Return whether a day is meant."""
        return self.first <= day <= self.last


MONTHS = (
    "january|janvier|jan|janv", "february|février|fevrier|feb|févr", "march|mars|mar", "april|avril|apr|avr",
    "may|mai", "june|juin|jun", "july|juillet|jul|juil", "august|août|aout|aug",
    "september|septembre|sep|sept",
    "october|octobre|oct", "november|novembre|nov", "december|décembre|decembre|dec|déc",
)  # fmt: skip
NUMERALS = {
    "two": 2, "deux": 2, "three": 3, "trois": 3, "four": 4, "quatre": 4, "five": 5, "cinq": 5, "six": 6,
    "ten": 10, "dix": 10, "a": 1, "an": 1, "one": 1, "un": 1, "une": 1, "": 1,
}  # fmt: skip
_MONTH_OF = {name: place for place, names in enumerate(MONTHS, 1) for name in names.split("|")}
_M = rf"(?P<month>{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})\.?"
# A quantity is no year: "in 2000 homes".
_UNITS = (
    r"(?!\s*(?:%|€|euros?|dollars?|dirhams?|km|m\b|people|personnes|homes|companies|entreprises|exemplaires))"
)
_Y = rf"(?P<year>(?:19|20)\d\d)(?![\d’'-]|[.,]\d){_UNITS}"
_D = r"(?P<day>\d{1,2})(?:er|st|nd|rd|th)?"
_POINT = rf"(?:(?:le\s+)?(?:{_D}\s+)?{_M}\s+)?{_Y}"
_N = rf"(?P<count>\d{{1,2}}|{'|'.join(filter(None, NUMERALS))})"
_IN = r"(?:in|during|throughout|en|durant|pendant|courant|l['’]année|the year|d['’]ici|by)"
EARLIEST, LATEST = date(1900, 1, 1), date(2099, 12, 31)  # ends of what is open: "since 2019"

Days = tuple[date, date]
Reading = Callable[[re.Match[str], date], Days]


def _year(year: int) -> Days:
    return date(year, 1, 1), date(year, 12, 31)


def _month(year: int, month: int) -> Days:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _named_month(found: re.Match[str]) -> int:
    return _MONTH_OF[found["month"].lower()]


def _written(found: re.Match[str], _: date) -> Days:
    parts = found.groupdict()
    year = int(parts["year"])
    if not parts.get("month"):
        return _year(year)
    if not parts.get("day"):
        return _month(year, _named_month(found))
    day = date(year, _named_month(found), int(parts["day"]))
    return day, day


def _since(found: re.Match[str], today: date) -> Days:
    return _written(found, today)[0], LATEST


def _after(found: re.Match[str], today: date) -> Days:
    return _written(found, today)[1] + timedelta(days=1), LATEST


def _before(found: re.Match[str], today: date) -> Days:
    return EARLIEST, _written(found, today)[0] - timedelta(days=1)


def _numeric(found: re.Match[str], _: date) -> Days:
    day = date(*map(int, found.group("year", "number", "day")))
    return day, day


def _past_month(found: re.Match[str], today: date) -> Days:
    month = _named_month(found)
    return _month(today.year - (month > today.month), month)


def _ago(found: re.Match[str], today: date) -> Days:
    count = NUMERALS.get(found["count"].lower()) or int(found["count"])
    unit = found["unit"].lower()
    if unit.startswith(("year", "an")):
        return _year(today.year - count)
    if unit.startswith(("month", "mois")):
        return _months_before(today, count)
    if unit.startswith(("week", "semaine")):
        return _week(today - timedelta(weeks=count))
    day = today - timedelta(days=count)
    return day, day


def _months_before(today: date, count: int) -> Days:
    months = today.year * 12 + today.month - 1 - count
    return _month(months // 12, months % 12 + 1)


def _week(day: date) -> Days:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _decade(found: re.Match[str], _: date) -> Days:
    year = int(found["year"])
    return date(year, 1, 1), date(year + 9, 12, 31)


def _recent(found: re.Match[str], today: date) -> Days:
    count = NUMERALS.get(found["count"].lower()) or int(found["count"])
    return date(today.year - count, 1, 1), today


# The first reading that fits at a place counts, so the longer ones stand before the shorter.
READINGS: tuple[tuple[str, Reading], ...] = (
    (rf"{_D}\s+{_M}\s+{_Y}", _written),
    (rf"{_M}\s+{_D},?\s+{_Y}", _written),
    (r"(?P<year>(?:19|20)\d\d)-(?P<number>\d\d)-(?P<day>\d\d)", _numeric),
    (r"(?P<day>\d{1,2})[/.](?P<number>\d{1,2})[/.](?P<year>(?:19|20)\d\d)", _numeric),
    (rf"{_M}\s+{_Y}", _written),
    (
        rf"(?:between|from|entre|de)\s+{_Y}\s+(?:and|to|et|à)\s+(?P<until>(?:19|20)\d\d)",
        lambda found, _: (date(int(found["year"]), 1, 1), date(int(found["until"]), 12, 31)),
    ),
    (r"les années\s+(?P<year>(?:19|20)\d0)", _decade),
    (r"the\s+(?P<year>(?:19|20)\d0)s", _decade),
    (rf"(?:since|depuis)\s+{_POINT}", _since),
    (rf"(?:after|après)\s+{_POINT}", _after),
    (rf"(?:before|avant)\s+{_POINT}", _before),
    (rf"{_IN}\s+{_Y}", _written),
    # "en sept ans" is seven years.
    (rf"(?:last|in|en)\s+(?!sept\b[^.]){_M}(?:\s+derni(?:er|ère))?(?!\s+\d)", _past_month),
    (r"last year|l['’]an(?:née)? (?:derni(?:er|ère)|passée?)", lambda _, today: _year(today.year - 1)),
    (r"this year|cette année", lambda _, today: _year(today.year)),
    (r"last month|le mois dernier|le mois passé", lambda _, today: _months_before(today, 1)),
    (r"this month|ce mois(?:-ci)?", lambda _, today: _month(today.year, today.month)),
    (
        r"last week|la semaine (?:dernière|passée)",
        lambda _, today: _week(today - timedelta(weeks=1)),
    ),
    (r"this week|cette semaine", lambda _, today: _week(today)),
    (r"yesterday|hier", lambda _, today: (today - timedelta(days=1),) * 2),
    (r"today|aujourd['’]hui", lambda _, today: (today, today)),
    (rf"{_N}\s+(?P<unit>years?|months?|weeks?|days?)\s+ago", _ago),
    (rf"il y a\s+{_N}\s+(?P<unit>ans?|mois|semaines?|jours?)", _ago),
    (rf"(?:the\s+)?last\s+{_N}\s+years", _recent),
    (rf"ces\s+{_N}\s+dernières années", _recent),
)
_READINGS = tuple(
    (re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE), reading) for pattern, reading in READINGS
)


def find_dates(question: str, today: date) -> list[DateMention]:
    """Return the dates of a question in order, the longest where several overlap.

    Args:
        question: in French or English.
        today: what "last year" is counted from.

    """
    every = _every(question.translate(PLAIN), today)
    found = sorted(every, key=lambda one: (one.span.start - one.span.end, one.span.start))
    chosen: list[DateMention] = []
    for mention in found:
        if not any(mention.span.overlap(other.span) for other in chosen):
            chosen.append(mention)
    return sorted(chosen, key=lambda one: one.span.start)


def _every(question: str, today: date) -> Iterator[DateMention]:
    for pattern, reading in _READINGS:
        for found in pattern.finditer(question):
            try:
                first, last = reading(found, today)
            except ValueError:  # the 31st of June
                continue
            if first <= last:  # "between 2021 and 2019" means no day
                yield DateMention(Span(*found.span()), first, last)
