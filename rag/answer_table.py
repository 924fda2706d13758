"""A table of answers: one row for each passage, for spreadsheets."""

import csv
import io
from collections.abc import Iterator
from typing import Any

COLUMNS = (
    "question",
    "answerable",
    "confidence",
    "reason",
    "rank",
    "score",
    "title",
    "outlet",
    "published_on",
    "language",
    "sentence",
    "passage",
    "url",
    "permalink",
    "citation",
)
# A cell that begins so is taken for a formula, and articles can say what they like.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Reply = dict[str, Any]


def header() -> str:
    """Return the first line: the names of the columns."""
    return _lines([COLUMNS])


def rows_of(reply: Reply, address: str = "") -> str:
    """Return the rows of an answer, as CSV; a question without passages has one row.

    Args:
        reply: what `POST /v1/ask` replies, or `{"question": …, "error": …}`.
        address: the server's own, put before permalinks.

    """
    return _lines([[_cell(row.get(name)) for name in COLUMNS] for row in _rows(reply, address)])


def _rows(reply: Reply, address: str) -> Iterator[dict[str, Any]]:
    asked = {name: reply.get(name) for name in ("question", "answerable", "confidence")}
    asked["reason"] = reply.get("error") or reply.get("reason")
    for passage in reply.get("passages") or [None]:
        yield asked | (_passage(passage, address) if passage else {})


def _passage(passage: dict[str, Any], address: str) -> dict[str, Any]:
    citation = passage["citation"]
    return {
        **{name: citation[name] for name in ("title", "outlet", "published_on", "language")},
        "rank": passage["rank"],
        "score": passage["score"],
        "sentence": passage["segments"]["match"],
        "passage": passage["text"],
        "url": citation["fragment_url"] or citation["url"],
        "permalink": address.rstrip("/") + citation["permalink"],
        "citation": citation["id"],
    }


def _cell(value: object) -> object:
    """Return a value for a cell: an apostrophe before what a spreadsheet would calculate."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _lines(rows: Any) -> str:  # noqa: ANN401 - the csv module's own
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue()
