"""Answers as CSV, read back by the csv module; no cell is a formula."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer_table import COLUMNS, header, rows_of

texts = st.text(st.characters(codec="utf-8"), max_size=20) | st.text("=+-@\t\r\n'\",;a", max_size=8)


def read(written: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(header() + written, newline="")))


def reply(words: str) -> dict[str, Any]:
    citation = dict.fromkeys(("title", "outlet", "published_on", "language", "url", "id"), words)
    passage = {
        "rank": 1,
        "score": 0.5,
        "text": words,
        "segments": {"before": "", "match": words, "after": ""},
        "citation": {**citation, "fragment_url": None, "permalink": "/c/x"},
    }
    return {
        "question": words,
        "answerable": True,
        "confidence": 1,
        "reason": words,
        "passages": [passage] * 2,
    }


@given(words=texts)
def test_no_cell_is_a_formula_and_every_word_is_kept(words: str) -> None:
    rows = read(rows_of(reply(words), "http://localhost/"))
    assert len(rows) == 2
    for row in rows:
        assert set(row) == set(COLUMNS)
        for name in ("question", "reason", "title", "passage", "sentence", "url", "citation"):
            assert row[name] in (words, f"'{words}")
            assert row[name][:1] not in set("=+-@\t\r\n＝＋－＠")
        assert row["permalink"] == "http://localhost/c/x"


@pytest.mark.parametrize("first", ["=", "+", "-", "@"])
def test_what_a_spreadsheet_would_calculate_is_marked_as_text(first: str) -> None:
    assert read(rows_of(reply(f"{first}1+1")))[0]["passage"] == f"'{first}1+1"


def test_a_question_that_could_not_be_asked_has_its_row() -> None:
    (row,) = read(rows_of({"question": " ", "error": "the question is blank"}))
    assert (row["question"], row["reason"], row["passage"]) == (" ", "the question is blank", "")
