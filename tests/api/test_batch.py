"""Many questions at once: the same answers as one by one, all of them or a problem."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.requests import MAX_BATCH
from tests.api.conftest import serving
from tests.api.problem_checks import assert_problem

QUESTIONS: list[dict[str, Any]] = [
    {"question": "what did Luxembourg and Morocco sign?", "k": 2},
    {"question": "=1+1 accord", "k": 1},
    {"question": "qui a signé ?", "k": 3, "filters": {"published_from": "2019-01-01"}},
    {"question": "accord", "filters": {"outlet": "none of them"}},
]


def batch(http: httpx.Client, **fields: object) -> httpx.Response:
    return http.post("/v1/ask:batch", json={"questions": QUESTIONS, **fields})


def untimed(reply: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in reply.items() if name != "took_ms"}


def test_each_line_is_the_reply_to_the_question_alone(http: httpx.Client) -> None:
    reply = batch(http)
    assert reply.headers["content-type"] == "application/jsonl"
    answers = [json.loads(line) for line in reply.text.splitlines()]
    alone = [http.post("/v1/ask", json=question).json() for question in QUESTIONS]
    assert [untimed(answer) for answer in answers] == [untimed(answer) for answer in alone]


def test_csv_has_one_row_for_each_passage_and_one_where_there_is_none(http: httpx.Client) -> None:
    reply = batch(http, format="csv")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(reply.text, newline="")))
    answers = [json.loads(line) for line in batch(http).text.splitlines()]
    expected = [(a, p) for a in answers for p in a["passages"] or [None]]
    assert len(rows) == len(expected)
    for row, (answer, passage) in zip(rows, expected, strict=True):
        assert row["question"].removeprefix("'") == answer["question"]
        assert row["answerable"] == str(answer["answerable"])
        if passage:
            assert row["passage"] == passage["text"]
            assert row["sentence"] == passage["segments"]["match"]
            assert row["permalink"] == f"{http.base_url}{passage['citation']['permalink']}"
        else:
            assert (row["passage"], row["reason"]) == ("", answer["reason"])
    assert rows[2]["question"] == "'=1+1 accord"


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        ({}, "invalid-request"),
        ({"questions": []}, "invalid-request"),
        ({"questions": ["accord"]}, "invalid-request"),
        ({"questions": [{"question": " "}]}, "empty-question"),
        ({"questions": [*QUESTIONS, {"question": "a", "k": 0}]}, "invalid-request"),
        ({"questions": [{"question": "a"}] * (MAX_BATCH + 1)}, "invalid-request"),
        ({"questions": QUESTIONS, "format": "xlsx"}, "invalid-request"),
        ({"questions": QUESTIONS, "more": 1}, "unknown-field"),
    ],
)
def test_one_wrong_question_refuses_the_batch(http: httpx.Client, body: object, slug: str) -> None:
    assert_problem(http.post("/v1/ask:batch", json=body), 422, slug)


def test_every_question_of_a_batch_counts(indexed: Path, tmp_path: Path) -> None:
    with serving(indexed, tmp_path, IBID_RATE_LIMIT_PER_MINUTE="10") as server, server.client() as http:
        assert_problem(batch(http, questions=[{"question": "accord"}] * 11), 413, "too-large")
        assert batch(http, questions=[{"question": "accord"}] * 8).status_code == 200
        refused = batch(http, questions=[{"question": "accord"}] * 3)
        assert_problem(refused, 429, "too-many-requests")
        assert 0 < int(refused.headers["retry-after"]) <= 61
        assert http.post("/v1/ask", json={"question": "accord"}).status_code == 200


def test_questions_are_logged_only_where_that_is_asked_for(indexed: Path, tmp_path: Path) -> None:
    with serving(indexed, tmp_path, IBID_LOG_QUESTIONS="true") as server, server.client() as http:
        http.post("/v1/ask", json={"question": "zanzibar\x1b[2J sesame"})
        records = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert [r["question"] for r in records if r["event"] == "question"] == ["zanzibar [2J sesame"]
