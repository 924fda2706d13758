import json
from dataclasses import replace
from pathlib import Path

import ir_measures
import pytest

from rag.errors import BadData, CannotWrite, NoInput
from rag.evaluation.command import Request, compare_command, evaluate_command
from rag.retriever import Retriever


@pytest.fixture(scope="module")
def base(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Request:
    """A request over a quarter of the gold set: enough pairs for a loss to be significant."""
    kept = [
        line
        for line in (seeds / "gold.jsonl").read_text(encoding="utf-8").splitlines()
        if int(json.loads(line)["pair"].strip("p")) % 4 == 0
    ]
    gold = tmp_path_factory.mktemp("gold") / "gold.jsonl"
    gold.write_text("\n".join(kept), encoding="utf-8")
    return Request(gold=gold, split="test")


def test_json_stands_alone_on_stdout(
    retriever: Retriever, base: Request, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate_command(retriever, replace(base, json=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["index"]["id"] == retriever.snapshot.id
    assert len(told["questions"]) == told["measures"]["Abstention accuracy"]["questions"]


def test_tables_go_to_stdout_and_nothing_to_a_stderr_that_is_no_terminal(
    retriever: Retriever, base: Request, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate_command(retriever, base) == 0
    captured = capsys.readouterr()
    assert "Success@1" in captured.out
    assert captured.err == ""


def test_out_holds_run_qrels_and_results_that_agree(
    retriever: Retriever, base: Request, tmp_path: Path
) -> None:
    folder = tmp_path / "made" / "here"
    evaluate_command(retriever, replace(base, out=folder, html=tmp_path / "page.html"))
    told = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    measure = ir_measures.parse_measure("nDCG@10")
    theirs = ir_measures.calc_aggregate(
        [measure],
        ir_measures.read_trec_qrels(str(folder / "qrels.trec")),  # type: ignore[no-untyped-call]
        ir_measures.read_trec_run(str(folder / "run.trec")),  # type: ignore[no-untyped-call]
    )
    assert told["measures"]["nDCG@10"]["value"] == pytest.approx(theirs[measure])
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def results(retriever: Retriever, base: Request, folder: Path) -> Path:
    evaluate_command(retriever, replace(base, out=folder))
    return folder / "evaluation.json"


def worsened(file: Path, path: Path) -> Path:
    """Write the results again as if nothing had been found first."""
    told = json.loads(file.read_text(encoding="utf-8"))
    for question in told["questions"]:
        question["shares"]["Success@1"][0] = 0
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def test_the_same_system_passes_its_own_baseline(
    retriever: Retriever, base: Request, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = results(retriever, base, tmp_path)
    capsys.readouterr()
    assert evaluate_command(retriever, replace(base, baseline=baseline, json=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["comparison"]["regressed"] is False
    assert {change["p"] for change in told["comparison"]["changes"]} == {1.0}


def test_a_regression_ends_with_1_and_a_gain_with_0(
    retriever: Retriever, base: Request, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = results(retriever, base, tmp_path)
    bad = worsened(good, tmp_path / "bad.json")
    assert compare_command(good, bad) == 1
    assert "regression" in capsys.readouterr().out
    assert compare_command(bad, good) == 0
    assert evaluate_command(retriever, replace(base, baseline=bad)) == 0
    assert compare_command(good, bad, tolerance=1.0) == 0


def test_a_comparison_can_be_read_by_programs(
    retriever: Retriever, base: Request, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = results(retriever, base, tmp_path)
    capsys.readouterr()
    assert compare_command(good, worsened(good, tmp_path / "bad.json"), as_json=True) == 1
    told = json.loads(capsys.readouterr().out)
    assert [change["measure"] for change in told["changes"] if change["regressed"]] == ["Success@1"]


def test_the_other_half_is_no_baseline(retriever: Retriever, base: Request, tmp_path: Path) -> None:
    baseline = results(retriever, replace(base, split="dev"), tmp_path)
    with pytest.raises(BadData, match="not asked the same questions"):
        evaluate_command(retriever, replace(base, baseline=baseline))


def test_wrong_names_are_told_before_anything_is_asked(retriever: Retriever, base: Request) -> None:
    with pytest.raises(NoInput, match=r"nowhere\.jsonl"):
        evaluate_command(retriever, replace(base, gold=Path("nowhere.jsonl")))
    with pytest.raises(NoInput, match=r"nowhere\.json"):
        evaluate_command(retriever, replace(base, baseline=Path("nowhere.json")))


def test_a_place_that_cannot_be_written_is_named(retriever: Retriever, base: Request, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    with pytest.raises(CannotWrite, match="file"):
        evaluate_command(retriever, replace(base, out=file))
    with pytest.raises(CannotWrite, match=r"missing.*page\.html"):
        evaluate_command(retriever, replace(base, html=tmp_path / "missing" / "page.html"))
