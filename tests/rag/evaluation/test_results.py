import json
from pathlib import Path

import pytest

from rag.errors import BadData, NoInput
from rag.evaluation.compare import compare
from rag.evaluation.results import as_json, read_results, results_of
from rag.evaluation.run import Evaluation
from rag.evaluation.summary import summarise

from .records import Place, asked, evaluation, passage, question

A: Place = ("a.txt", 0, 10)
ACROSS: Place = ("a.txt", 5, 15)


def small() -> Evaluation:
    entries = [
        asked(question("q1", A, pair="p1"), [A], confidence=0.9),
        asked(question("q2", A, ACROSS, pair="p1", language="fr"), [("b.txt", 0, 10)], answerable=False),
        asked(question("u1"), [A], answerable=False, confidence=0.1),
    ]
    return evaluation(entries, [passage(A)])


def write(path: Path, content: str) -> Path:
    file = path / "evaluation.json"
    file.write_text(content, encoding="utf-8")
    return file


def test_what_is_compared_survives_the_way_through_json(tmp_path: Path) -> None:
    run = small()
    ours = results_of(run, summarise(run))
    text = json.dumps(as_json(run, summarise(run)), allow_nan=False)
    back = read_results(write(tmp_path, text))
    assert (back.pairs, back.shares, back.gold) == (ours.pairs, ours.shares, ours.gold)
    assert compare(back, ours).exit_code == 0


def test_the_json_tells_the_figures_and_where_they_come_from() -> None:
    run = small()
    told = as_json(run, summarise(run))
    assert told["index"] == {"id": "index-1", "model": "model-1"}
    assert told["gold"] == {"file": "gold.jsonl", "sha256": "0" * 64, "split": "test"}
    assert told["measures"]["Success@1"]["value"] == 0.5
    assert told["measures"]["Success@1"]["pairs"] == 1
    assert told["slices"]["language"]["fr"]["Success@1"]["value"] == 0
    assert [(one["question"], one["start"], one["end"]) for one in told["unreachable"]] == [("q2", 5, 15)]
    first = told["questions"][0]
    assert first["shares"]["MRR@10"] == [1, 1]
    assert [(p["citation"][-16:].isalnum(), p["relevant"]) for p in first["passages"]] == [(True, True)]


def test_two_runs_over_the_same_answers_differ_in_nothing_but_time() -> None:
    first, second = (json.dumps(as_json(small(), summarise(small())), sort_keys=True) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"format": 1}',
        '{"format": 2, "gold": {}, "questions": []}',
        "[" * 100_000,
        '"x"',
    ],
)
def test_a_file_that_is_no_evaluation_is_refused_by_name(tmp_path: Path, content: str) -> None:
    with pytest.raises(BadData, match=r"evaluation\.json") as caught:
        read_results(write(tmp_path, content))
    assert "ibid evaluate --json" in caught.value.remedy


@pytest.mark.parametrize(
    "share", [[2, 1], [-1, 1], [0, float("inf")], [float("nan"), 1], [1], None, ["a", "b"]]
)
def test_a_share_that_is_not_a_part_of_a_whole_is_refused(tmp_path: Path, share: object) -> None:
    run = small()
    told = as_json(run, summarise(run))
    told["questions"][0]["shares"]["Success@1"] = share
    with pytest.raises(BadData):
        read_results(write(tmp_path, json.dumps(told)))


def test_a_missing_file_is_no_input(tmp_path: Path) -> None:
    with pytest.raises(NoInput, match=r"nowhere\.json"):
        read_results(tmp_path / "nowhere.json")
