"""What `ibid evaluate` does: ask, measure, compare, report. Results on stdout, progress on stderr."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import track

from rag.errors import CannotWrite
from rag.evaluation.compare import TOLERANCE, Comparison, compare
from rag.evaluation.gold import load_gold
from rag.evaluation.page import render_page
from rag.evaluation.question import Question
from rag.evaluation.report import print_comparison, print_report
from rag.evaluation.results import as_json, read_results, results_of
from rag.evaluation.run import Evaluation, evaluate
from rag.evaluation.summary import Summary, summarise
from rag.evaluation.trec import write_trec
from rag.output import put

if TYPE_CHECKING:
    from rag.retriever import Retriever

PIPE_WIDTH = 120  # columns where the output is no terminal, so that no table is folded


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of `ibid evaluate`.

    Attributes:
        gold: the gold set.
        split: "dev", "test" or "all".
        json: print JSON instead of tables.
        out: folder for evaluation.json, run.trec and qrels.trec; made where it is missing.
        html: file for the page.
        baseline: the JSON of an earlier evaluation to hold this one against.
        tolerance: how much worse than the baseline a measure may be, 0 to 1.
        server: where the links of the page lead, "http://127.0.0.1:8000".

    """

    gold: Path = Path("seeds/gold.jsonl")
    split: str = "test"
    json: bool = False
    out: Path | None = None
    html: Path | None = None
    baseline: Path | None = None
    tolerance: float = TOLERANCE
    server: str = ""


def evaluate_command(retriever: "Retriever", request: Request) -> int:
    """Evaluate and report; return 1 where a measure regressed against the baseline, 0 otherwise.

    Raises:
        BadData: the gold set or the baseline is wrong, or they do not fit the index.
        NoInput: the gold set or the baseline does not exist.
        CannotWrite: a report cannot be written.

    """
    # Both are read before anything is asked: a wrong name should not cost a whole run.
    gold = load_gold(request.gold)
    baseline = read_results(request.baseline) if request.baseline else None
    evaluation = evaluate(retriever, gold, request.split, _bar)
    summary = summarise(evaluation)
    comparison = None
    if baseline:
        comparison = compare(baseline, results_of(evaluation, summary), request.tolerance)
    _write_files(evaluation, summary, request)
    _print(evaluation, summary, comparison, request.json)
    return comparison.exit_code if comparison else 0


def compare_command(before: Path, after: Path, tolerance: float = TOLERANCE, as_json: bool = False) -> int:
    """Compare the JSON of two evaluations; return 1 where a measure regressed, 0 otherwise.

    Raises:
        BadData: a file is not the JSON of an evaluation, or the questions differ.
        NoInput: a file does not exist.

    """
    comparison = compare(read_results(before), read_results(after), tolerance)
    if as_json:
        _print_json(_comparison_json(comparison))
    else:
        print_comparison(comparison, _console())
    return comparison.exit_code


def _bar(questions: Iterable[Question]) -> Iterable[Question]:
    console = Console(stderr=True)
    return track(questions, "asking", console=console, transient=True, disable=not console.is_terminal)


def _write_files(evaluation: Evaluation, summary: Summary, request: Request) -> None:
    try:
        if request.out:
            request.out.mkdir(parents=True, exist_ok=True)
            write_trec(evaluation, request.out)
            text = _dump(as_json(evaluation, summary))
            (request.out / "evaluation.json").write_text(text, encoding="utf-8")
        if request.html:
            request.html.write_text(render_page(evaluation, summary, request.server), encoding="utf-8")
    except OSError as error:
        remedy = "name a folder that exists and may be written to"
        raise CannotWrite(f"cannot write {error.filename}: {error.strerror}", remedy) from error


def _print(
    evaluation: Evaluation, summary: Summary, comparison: Comparison | None, json_wanted: bool
) -> None:
    if json_wanted:
        compared = {"comparison": _comparison_json(comparison)} if comparison else {}
        _print_json({**as_json(evaluation, summary), **compared})
        return
    print_report(evaluation, summary, _console())
    if comparison:
        print_comparison(comparison, _console())


def _comparison_json(comparison: Comparison) -> dict[str, Any]:
    return {**asdict(comparison), "regressed": bool(comparison.exit_code)}


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=PIPE_WIDTH)


def _dump(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"


def _print_json(record: dict[str, Any]) -> None:
    put(_dump(record))
