"""The days that a date in a question means, written as briefly as possible; app.js knows the same rules."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from rag.date_readings import EARLIEST, LATEST


def brief(first: date, last: date) -> tuple[str, str]:
    """Return both ends as years, else as months, else as days: ("2019", "2021") are three whole years."""
    length = len("2019-01-01")
    if first.day == 1 and (last + timedelta(days=1)).day == 1:
        length = len("2019") if (first.month, last.month) == (1, 12) else len("2019-01")
    return first.isoformat()[:length], last.isoformat()[:length]


def told_periods(dates: Sequence[Mapping[str, Any]], message: str, say: Mapping[str, str]) -> Markup:
    """Put the days of these `dates` of a reply into the message of that name."""
    written = (_period(date.fromisoformat(d["first"]), date.fromisoformat(d["last"]), say) for d in dates)
    return Markup(say[message]).format(dates=Markup(", ").join(written))


def _period(first: date, last: date, say: Mapping[str, str]) -> Markup:
    earliest, latest = brief(first, last)
    if last == LATEST:
        return Markup(say["date_since"]).format(date=_time(earliest))
    if first == EARLIEST:
        return Markup(say["date_until"]).format(date=_time(latest))
    ends = (earliest,) if earliest == latest else (earliest, latest)
    return Markup(" – ").join(map(_time, ends))


def _time(written: str) -> Markup:
    return Markup('<time datetime="{0}">{0}</time>').format(written)
