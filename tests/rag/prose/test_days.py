"""Days are the same in French and English; compared with days that Python's calendar makes."""

import calendar
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.prose.days import Day, days_of

FRENCH = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre"]
FRENCH += ["octobre", "novembre", "décembre"]
ENGLISH = list(calendar.month_name)[1:]


def only(text: str) -> frozenset[Day]:
    ((_, readings),) = days_of(text)
    return readings


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_of_the_calendar_is_read_in_every_form(day: date) -> None:
    said = frozenset({Day(day.year, day.month, day.day)})
    french, english = FRENCH[day.month - 1], ENGLISH[day.month - 1]
    ordinal = "er" if day.day == 1 else ""
    for text in (
        f"le {day.day}{ordinal} {french} {day.year}",
        f"on {day.day} {english} {day.year}",
        f"on {english} {day.day}, {day.year}",
        f"on {day.isoformat()}",
    ):
        assert only(text) == said
    assert said <= only(f"{day.day:02}/{day.month:02}/{day.year}")
    assert said <= only(f"{day.day:02} - {day.month:02} - {day.year}")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("en janvier 2021", Day(2021, 1)),
        ("in January", Day(None, 1)),
        ("mardi", Day(weekday=1)),
        ("on Tuesday", Day(weekday=1)),
        ("le 1er mai", Day(None, 5, 1)),
        ("the 3rd of May", Day(None, 5, 3)),
    ],
)
def test_what_is_said_of_a_date_is_read_and_no_more(text: str, day: Day) -> None:
    assert only(text) == {day}


def test_a_date_supports_what_says_less_and_not_what_says_more() -> None:
    assert Day(2021, 1).within(Day(2021, 1, 25))
    assert not Day(2021, 1, 25).within(Day(2021, 1))
    assert not Day(2021, 2).within(Day(2021, 1, 25))


@pytest.mark.parametrize("text", ["it may rain", "they march on", "sept personnes", "art. 5", "A320"])
def test_verbs_and_numbers_are_no_dates(text: str) -> None:
    assert list(days_of(text)) == []
