"""How dates are written in French and English, and the days each way of writing means.

The patterns are for text without accents: see `rag.dates`. Only what is plainly a date counts: a year needs
a word that makes it one ("in 2019", "depuis 2019"). "loi de 1905", "A320", "G20" and "Maroc Digital 2030"
name things.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

MONTHS = (
    "january|janvier|jan|janv", "february|fevrier|feb|fevr", "march|mars|mar", "april|avril|apr|avr",
    "may|mai", "june|juin|jun", "july|juillet|jul|juil", "august|aout|aug", "september|septembre|sep|sept",
    "october|octobre|oct", "november|novembre|nov", "december|decembre|dec",
)  # fmt: skip
WEEKDAYS = (
    "monday|lundi", "tuesday|mardi", "wednesday|mercredi", "thursday|jeudi", "friday|vendredi",
    "saturday|samedi", "sunday|dimanche",
)  # fmt: skip
NUMERALS = {
    "two": 2, "deux": 2, "three": 3, "trois": 3, "four": 4, "quatre": 4, "five": 5, "cinq": 5, "six": 6,
    "seven": 7, "sept": 7, "eight": 8, "huit": 8, "nine": 9, "neuf": 9, "ten": 10, "dix": 10,
    "twelve": 12, "douze": 12, "a": 1, "an": 1, "one": 1, "un": 1, "une": 1,
}  # fmt: skip
ORDINALS = (
    "premier|1er|first|1st",
    "deuxieme|2e|second|2nd",
    "troisieme|3e|third|3rd",
    "quatrieme|4e|fourth|4th",
)
EARLIEST, LATEST = date(1900, 1, 1), date(2099, 12, 31)  # ends of what is open: "since 2019"

Days = tuple[date, date]
Reading = Callable[[re.Match[str], date], Days]


def _places(names: tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, some in enumerate(names, 1) for name in some.split("|")}


_MONTH_OF, _WEEKDAY_OF, _ORDINAL_OF = map(_places, (MONTHS, WEEKDAYS, ORDINALS))


def _any_of(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


# A quantity is no year: "in 2000 homes".
_UNITS = (
    r"(?!\s*(?:%|€|euros?|dollars?|dirhams?|km|m\b|people|personnes|homes|companies|entreprises|exemplaires))"
)
_YEAR = r"(?:19|20)\d\d"
_Y = rf"{_YEAR}(?![\d’'-]|[.,]\d){_UNITS}"
_M = rf"(?:{_any_of(_MONTH_OF)})\b\.?"
_D = r"\d{1,2}(?:er|st|nd|rd|th)?"
_OF = r"\s+(?:of\s+|de\s+)?"
_FIGURES = (
    rf"{_YEAR}-\d\d-\d\d|\d{{1,2}}[/.]\d{{1,2}}[/.]{_YEAR}"
    rf"|{_YEAR}-(?:0[1-9]|1[0-2])(?![-\d])|(?:0[1-9]|1[0-2])/{_YEAR}"
)
_DATED = rf"(?:{_D}{_OF}{_M}{_OF}{_Y}|{_M}\s+{_D},?\s+{_Y}|{_M}{_OF}{_Y}|{_FIGURES})"
_THE = r"(?:l[ea]\s+|the\s+)?"
_PART = r"(?:debut|early|beginning of|start of|mi|mid|milieu|middle of|fin|late|end of)"
_PART_OF = r"[\s-]+(?:d[eu]\s+|d['’])?(?:mois\s+d(?:e\s+|['’])|l['’]annee\s+|(?:the\s+)?year\s+)?"
_POINT = rf"{_THE}(?:(?P<part>{_PART}){_PART_OF})?(?P<point>{_DATED}|{_Y})"
# The first end of a period may leave out what the last one says. Of "early March" all of March counts.
_ANY_PART = rf"{_THE}(?:{_PART}{_PART_OF})?"
_BEGIN = rf"{_ANY_PART}(?P<begin>{_DATED}|{_D}{_OF}{_M}|{_M}\s+{_D}|{_M}|{_Y}|{_D})"
_END = rf"{_ANY_PART}(?P<end>{_DATED}|{_Y})"
_TO = r"(?:to|until|till|through|a|au|jusqu['’](?:a|au|en))"
_N = rf"(?P<count>\d{{1,2}}|{_any_of(NUMERALS)})"
_UNIT = r"(?P<unit>years?|months?|weeks?|days?|ans?|annees?|mois|semaines?|jours?)"
_IN = r"(?:in|during|throughout|en|durant|pendant|courant|l['’]annee|the year|d['’]ici|by)"
_LAST_YEAR = r"(?:last year|l['’]an(?:nee)? (?:derniere?|passee?))"

_PARTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)?{_OF}(?P<name>{_M})(?:{_OF}(?P<year>\d{{4}}))?",
        rf"(?P<name>{_M})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{{4}}))?",
        rf"(?P<name>{_M})(?:{_OF}(?P<year>\d{{4}}))?",
        r"(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<day>\d\d))?",
        r"(?:(?P<day>\d{1,2})[/.])?(?P<month>\d{1,2})[/.](?P<year>\d{4})",
        r"(?P<year>\d{4})",
        r"(?P<day>\d{1,2})\w*",
    )
)


def _parts(written: str) -> tuple[int | None, int | None, int | None]:
    """Return year, month and day as far as they are written. Raises ValueError where nothing fits."""
    for pattern in _PARTS:
        if found := pattern.fullmatch(written):
            said = found.groupdict()
            year, month, day = (
                int(said[name]) if said.get(name) else None for name in ("year", "month", "day")
            )
            return year, _MONTH_OF[said["name"].lower().rstrip(".")] if said.get("name") else month, day
    raise ValueError(written)


def _days(year: int | None, month: int | None, day: int | None) -> Days:
    """Return the days of a year, of a month or one day. Raises ValueError where there are none."""
    if year is None or (month is None and day is not None):
        raise ValueError("no date")
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return date(year, month, day), date(year, month, day)


def _year(year: int) -> Days:
    return _days(year, None, None)


def _written(found: re.Match[str], _: date) -> Days:
    days = _days(*_parts(found["point"]))
    part = found.groupdict().get("part")
    return _third(part.lower(), *days) if part else days


def _third(part: str, first: date, last: date) -> Days:
    """Return the first, middle or last four months of a year or ten days of a month; a day as it is."""
    third = 0 if part.startswith(("debut", "early", "beg", "start")) else 1 if part.startswith("mi") else 2
    if first.month != last.month:
        year, month = first.year, 4 * third + 4
        return date(year, month - 3, 1), _days(year, month, None)[1]
    if first == last:
        return first, last
    begin = first + timedelta(days=10 * third)
    return begin, last if third == 2 else begin + timedelta(days=9)


def _since(found: re.Match[str], today: date) -> Days:
    return _written(found, today)[0], LATEST


def _after(found: re.Match[str], today: date) -> Days:
    return _written(found, today)[1] + timedelta(days=1), LATEST


def _before(found: re.Match[str], today: date) -> Days:
    first, last = _written(found, today)
    # "Before the end of March" may still be in March.
    return EARLIEST, last if found["part"] else first - timedelta(days=1)


def _until(found: re.Match[str], today: date) -> Days:
    return EARLIEST, _written(found, today)[1]


def _period(found: re.Match[str], _: date) -> Days:
    """Return the days from one date to another; "de novembre à février 2021" begins in 2020."""
    year, month, day = _parts(found["begin"])
    last_year, last_month, last_day = _parts(found["end"])
    month = month or (last_month if day else None)
    if year is None and last_year is not None:
        year = last_year - ((month or 0, day or 0) > (last_month or 13, last_day or 31))
    return _days(year, month, day)[0], _days(last_year, last_month, last_day)[1]


def _two_years(found: re.Match[str], _: date) -> Days:
    first, second = int(found["one"]), int(found["other"])
    if second != first + 1:
        raise ValueError("what lies between is not meant")
    return date(first, 1, 1), date(second, 12, 31)


def _quarter(found: re.Match[str], _: date, months: int = 3) -> Days:
    number = int(found["number"] or 0) or _ORDINAL_OF[found["ordinal"].lower()]
    year, last = int(found["year"]), months * number
    return date(year, last - months + 1, 1), _days(year, last, None)[1]


def _half(found: re.Match[str], today: date) -> Days:
    return _quarter(found, today, months=6)


def _past_month(found: re.Match[str], today: date) -> Days:
    _, month, _ = _parts(found["month"])
    return _days(today.year - ((month or 0) > today.month), month, None)


def _part_of_past_month(found: re.Match[str], today: date) -> Days:
    return _third(found["part"].lower(), *_past_month(found, today))


def _past_day(found: re.Match[str], today: date) -> Days:
    _, month, day = _parts(found["point"])
    return _days(today.year - ((month or 0, day or 0) > (today.month, today.day)), month, day)


def _weekday(found: re.Match[str], today: date) -> Days:
    back = (today.isoweekday() - _WEEKDAY_OF[found["weekday"].lower()] - 1) % 7 + 1
    return (today - timedelta(days=back),) * 2


def _count(found: re.Match[str]) -> int:
    return NUMERALS.get(found["count"].lower()) or int(found["count"])


def _ago(found: re.Match[str], today: date) -> Days:
    count, unit = _count(found), found["unit"].lower()
    if unit.startswith(("year", "an")):
        return _year(today.year - count)
    if unit.startswith(("month", "mois")):
        return _months_before(today, count)
    if unit.startswith(("week", "semaine")):
        return _week(today - timedelta(weeks=count))
    return (today - timedelta(days=count),) * 2


def _recent(found: re.Match[str], today: date) -> Days:
    count, unit = _count(found), found["unit"].lower()
    if unit.startswith(("year", "an", "month", "mois")):
        return _ago(found, today)[0], today
    return today - timedelta(days=count * (7 if unit.startswith(("week", "semaine")) else 1)), today


def _months_before(today: date, count: int) -> Days:
    months = today.year * 12 + today.month - 1 - count
    return _days(months // 12, months % 12 + 1, None)


def _week(day: date) -> Days:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _decade(found: re.Match[str], _: date) -> Days:
    year = int(found["year"])
    return date(year, 1, 1), date(year + 9, 12, 31)


_SINCE = r"(?:since|depuis|as of|starting (?:in|from)|a (?:partir|compter) d[eu])"
_UNTIL = r"(?:until|till|up to|jusqu['’](?:en|au|a))"

# Those that are counted from today.
_RELATIVE: tuple[tuple[str, Reading], ...] = (
    # "en sept ans" is seven years.
    (rf"(?:last|in|en)\s+(?!sept\b[^.])(?P<month>{_M})(?:\s+derni(?:er|ere))?(?!\s+\d)", _past_month),
    (
        rf"(?:in|en)\s+(?P<month>{_M})\s+(?:de\s+)?{_LAST_YEAR}",
        lambda found, today: _days(today.year - 1, _parts(found["month"])[1], None),
    ),
    # "of late may" is no month.
    (
        rf"{_THE}(?P<part>{_PART}){_PART_OF}(?!(?-i:may|sept)\b)(?P<month>{_M})(?:\s+dernier)?(?!\s+\d)",
        _part_of_past_month,
    ),
    (rf"(?P<point>{_D}\s+{_M})\s+dernier", _past_day),
    (rf"last (?P<weekday>{_any_of(_WEEKDAY_OF)})", _weekday),
    (rf"(?P<weekday>{_any_of(_WEEKDAY_OF)}) dernier", _weekday),
    (_LAST_YEAR, lambda _, today: _year(today.year - 1)),
    (r"this year|cette annee", lambda _, today: _year(today.year)),
    (r"last month|le mois dernier|le mois passe", lambda _, today: _months_before(today, 1)),
    (r"this month|ce mois(?:-ci)?", lambda _, today: _months_before(today, 0)),
    (r"last week|la semaine (?:derniere|passee)", lambda _, today: _week(today - timedelta(weeks=1))),
    (r"this week|cette semaine", lambda _, today: _week(today)),
    (r"(?:the )?day before yesterday|avant-hier", lambda _, today: (today - timedelta(days=2),) * 2),
    (r"yesterday|hier", lambda _, today: (today - timedelta(days=1),) * 2),
    # Written large within a question it is the newspaper.
    (r"today|(?-i:a)ujourd['’]hui|(?<!.)aujourd['’]hui", lambda _, today: (today, today)),
    (rf"{_N}\s+{_UNIT}\s+ago", _ago),
    (rf"il y a\s+{_N}\s+{_UNIT}", _ago),
    (rf"(?:the\s+)?(?:last|past)\s+{_N}\s+{_UNIT}", _recent),
    (rf"[cl]es\s+{_N}\s+derni(?:er|ere)s\s+{_UNIT}", _recent),
)


def _open(reading: Reading) -> Reading:
    return lambda found, today: (reading(found, today)[0], LATEST)


# The first reading that fits at a place counts, so the longer ones stand before the shorter.
READINGS: tuple[tuple[str, Reading], ...] = (
    (rf"(?P<point>{_DATED})", _written),
    (rf"(?:between|entre)\s+{_BEGIN}\s+(?:and|et)\s+{_END}", _period),
    (rf"(?:from\s+|du\s+|de\s+|d['’]){_BEGIN}\s+{_TO}\s+{_END}", _period),
    (rf"(?P<begin>{_D})\s*[-–]\s*(?P<end>{_D}{_OF}{_M}{_OF}{_Y})", _period),
    (rf"(?:in|en)\s+(?P<one>{_YEAR})\s+(?:and|or|et|ou)\s+(?P<other>{_Y})", _two_years),
    (r"les annees\s+(?P<year>(?:19|20)\d0)", _decade),
    (r"the\s+(?P<year>(?:19|20)\d0)s", _decade),
    (rf"{_SINCE}\s+{_POINT}", _since),
    (rf"(?:since|depuis)\s+(?P<month>{_M})(?!\s+\d)", _open(_past_month)),
    (rf"(?:after|apres)\s+{_POINT}", _after),
    (rf"(?:before|avant)\s+{_POINT}", _before),
    (rf"{_UNTIL}\s+{_POINT}", _until),
    (rf"{_IN}\s+(?P<point>{_Y})", _written),
    (rf"(?:the )?(?P<part>{_PART}){_PART_OF}(?P<point>{_DATED}|{_Y})", _written),
    (
        rf"(?:[tq](?P<number>[1-4])|(?:the\s+)?(?P<ordinal>{_any_of(_ORDINAL_OF)})\s+(?:trimestre|quarter))"
        rf"{_OF}(?P<year>{_Y})",
        _quarter,
    ),
    (
        rf"(?:[hs](?P<number>[12])|(?:the\s+)?(?P<ordinal>{_any_of(_ORDINAL_OF)})\s+(?:semestre|half))"
        rf"{_OF}(?P<year>{_Y})",
        _half,
    ),
    *_RELATIVE,
    *((rf"(?:since|depuis)\s+(?:{pattern})", _open(reading)) for pattern, reading in _RELATIVE),
)  # fmt: skip
