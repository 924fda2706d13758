import json
from typing import Any

import pytest

from rag.documents import document_id
from rag.evaluation.question import parse_question

ANSWER = {"document_id": document_id("a/b.txt"), "source": "a/b.txt", "start": 3, "end": 6, "quote": "abc"}
ANSWERABLE = {
    "id": "q1", "pair": "p1", "question": "Qui ?", "language": "fr", "kind": "who", "difficulty": "verbatim",
    "split": "dev", "answerable": True, "answers": [ANSWER],
}  # fmt: skip
UNANSWERABLE = {**ANSWERABLE, "answerable": False, "answers": [], "why": "nobody says"}
LATER = {**ANSWER, "start": 6, "end": 9}


def problems(record: Any) -> list[str]:  # noqa: ANN401
    question, found = parse_question(json.dumps(record))
    assert (question is None) == bool(found)
    return found


def test_a_right_line_is_read_whole() -> None:
    question, found = parse_question(json.dumps(ANSWERABLE))
    assert question is not None
    assert not found
    assert (question.text, question.answers[0].span, question.difficulty) == ("Qui ?", (3, 6), "verbatim")


def test_an_unanswerable_question_says_why() -> None:
    question, _ = parse_question(json.dumps(UNANSWERABLE))
    assert question is not None
    assert (question.answers, question.why) == ((), "nobody says")


def test_answers_that_touch_are_two_places() -> None:
    assert problems({**ANSWERABLE, "answers": [ANSWER, LATER]}) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"qestion": "?"}, "unknown key 'qestion'"),
        ({"start": 1}, "unknown key 'start'"),
        ({"id": 7}, "'id' must be str"),
        ({"answerable": 1}, "'answerable' must be bool"),
        ({"answers": None}, "'answers' must be list"),
        ({"answers": []}, "answerable, but answers is empty"),
        ({"why": "because"}, "'why' belongs to questions that nothing answers"),
        ({"id": "q 1"}, "may hold only"),
        ({"pair": ""}, "may hold only"),
        ({"language": "french"}, "not an ISO 639-1 code"),
        ({"split": "train"}, "neither 'dev' nor 'test'"),
        ({"question": " \n"}, "1 to 2,000 characters"),
        ({"question": "a" * 2001}, "1 to 2,000 characters"),
        ({"question": "\ud83d"}, "1 to 2,000 characters"),
        ({"kind": " "}, "kind is blank"),
        ({"answers": [7]}, "answer 1: expected an object, not int"),
        ({"answers": [{**ANSWER, "start": True}]}, "answer 1: 'start' must be int"),
        ({"answers": [{**ANSWER, "end": 6.0}]}, "answer 1: 'end' must be int"),
        ({"answers": [{**ANSWER, "start": -3, "end": 0}]}, "answer 1: -3:0 is not a place"),
        ({"answers": [{**ANSWER, "start": 6, "end": 3}]}, "answer 1: 6:3 is not a place"),
        ({"answers": [{**ANSWER, "end": 7}]}, "3:7 and a quote of 3 characters"),
        ({"answers": [{**ANSWER, "source": "a/c.txt"}]}, "is not that of 'a/c.txt'"),
        ({"answers": [ANSWER, ANSWER]}, "answers 1 and 2 overlap"),
        ({"answers": [ANSWER, LATER, {**LATER, "start": 8, "end": 11}]}, "answers 2 and 3 overlap"),
    ],
)
def test_each_error_of_an_answerable_question_is_named(change: dict[str, object], said: str) -> None:
    assert any(said in problem for problem in problems({**ANSWERABLE, **change}))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"answers": [ANSWER]}, "not answerable, but answers is not empty"),
        ({"why": " "}, "'why' does not say why"),
        ({"why": None}, "'why' must be str"),
    ],
)
def test_each_error_of_an_unanswerable_question_is_named(change: dict[str, object], said: str) -> None:
    assert any(said in problem for problem in problems({**UNANSWERABLE, **change}))


@pytest.mark.parametrize("key", sorted(ANSWERABLE.keys() - {"difficulty"}))
def test_every_missing_key_is_named(key: str) -> None:
    without = {name: value for name, value in ANSWERABLE.items() if name != key}
    assert problems(without) == [f"{key!r} is missing"]


def test_several_errors_of_one_line_are_all_named() -> None:
    assert len(problems({**ANSWERABLE, "language": "x", "split": "x", "kind": ""})) == 3


@pytest.mark.parametrize("row", ["{", "nul", '{"id": 1, "id": 2}', "[" * 100_000, '"q1"', "[]", "NaN"])
def test_a_line_that_is_no_object_is_refused(row: str) -> None:
    question, found = parse_question(row)
    assert question is None
    assert len(found) == 1
