import io
import re

import pytest
from rich.console import Console

from rag.evaluation.compare import compare
from rag.evaluation.intervals import NOTHING, Value
from rag.evaluation.report import interval, print_comparison, print_report
from rag.evaluation.results import Results, results_of
from rag.evaluation.run import Evaluation
from rag.evaluation.summary import summarise

from .records import Place, asked, evaluation, passage, question

A: Place = ("a.txt", 0, 10)


def run_with(found: int) -> Evaluation:
    entries = [
        asked(
            question(f"q{n}-{code}", A, pair=f"p{n}", language=code, kind="[bold]who"),
            [A] if n < found else [],
        )
        for n in range(20)
        for code in ("en", "fr")
    ]
    across = asked(question("across", ("[red]b.txt", 5, 15)), [A])
    return evaluation([*entries, across, asked(question("u"), [A])], [passage(A)])


def printed(run: Evaluation, width: int = 120) -> str:
    out = io.StringIO()
    print_report(run, summarise(run), Console(file=out, width=width))
    return out.getvalue()


def compared(before: Results, after: Results) -> str:
    out = io.StringIO()
    print_comparison(compare(before, after), Console(file=out, width=120))
    return out.getvalue()


def results(found: int) -> Results:
    run = run_with(found)
    return results_of(run, summarise(run))


@pytest.mark.parametrize(
    "heading", ["measure", "en", "fr", "By kind of question", "Parity: en over fr", "Latency"]
)
def test_the_report_has_every_part(heading: str) -> None:
    assert heading in printed(run_with(10))


def test_the_figures_stand_in_the_row_of_their_measure() -> None:
    first_table = printed(run_with(10)).split("By kind")[0].splitlines()
    (row,) = [line for line in first_table if line.strip().startswith("Success@5")]
    assert re.findall(r"(\d\.\d{3}) \[", row) == ["0.488", "0.476", "0.500"]  # 20 of 41, 10 of 21, of 20


def test_unreachable_answers_and_failures_are_told() -> None:
    text = printed(run_with(19))
    assert "Unreachable, counted as missed: across, [red]b.txt[5:15]" in text
    assert "1 × answered, though nothing answers it" in text
    assert "3 × none of the first 5 passages holds an answer" in text


def test_words_of_the_gold_set_are_not_taken_for_markup() -> None:
    assert "[bold]who" in printed(run_with(10))


def test_a_pipe_gets_no_escape_codes() -> None:
    assert "\x1b" not in printed(run_with(10))


def test_a_comparison_names_its_regressions() -> None:
    text = compared(results(20), results(2))
    (row,) = [line for line in text.splitlines() if line.strip().startswith("Success@1")]
    assert row.split()[-1] == "regression"
    assert "regression" not in compared(results(2), results(20))
    assert "may be chance" in compared(results(20), results(19))


def test_a_comparison_over_two_gold_sets_says_so() -> None:
    ours = results(5)
    other = Results(ours.name, "1" * 64, ours.pairs, ours.shares)
    assert "gold sets differ" in compared(ours, other)
    assert "gold sets differ" not in compared(ours, ours)


def test_a_value_is_printed_with_its_interval() -> None:
    assert interval(Value(0.8333, 0.75, 0.9, 10, 5)) == "0.833 [0.750, 0.900]"
    assert interval(NOTHING) == "–"
