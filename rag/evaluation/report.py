"""The evaluation as tables on a terminal."""

from collections import Counter
from collections.abc import Mapping

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rag.evaluation.compare import SIGNIFICANCE, Change, Comparison
from rag.evaluation.failures import REASONS, failures
from rag.evaluation.intervals import Difference, Value
from rag.evaluation.measures import MEASURES
from rag.evaluation.run import Evaluation
from rag.evaluation.summary import PARITY, Summary, Values
from rag.terminal import plain

KIND_MEASURES = ("Success@1", "Success@5", "nDCG@10", "Abstention accuracy")
ID_SHOWN = 12  # characters of a snapshot's id: enough to tell two apart
SHORTEST_QUOTE = 60  # characters of an unreachable quote: enough to find it in its article


def print_report(evaluation: Evaluation, summary: Summary, console: Console) -> None:
    """Print measures, kinds, parity, trust, latency, what is unreachable and what failed."""
    split = "all questions" if evaluation.split == "all" else f"{evaluation.split} half"
    console.print(
        Text(f"{evaluation.gold.path.name}, {split}: {len(evaluation.asked)} questions; "
             f"index {evaluation.index_id[:ID_SHOWN]}, model {evaluation.model}")
    )  # fmt: skip
    columns = {"all": summary.measures, **summary.slices["language"]}
    console.print(_measure_table("95 % intervals by resampling pairs of questions", columns))
    console.print(_kind_table(summary.slices["kind"]))
    if summary.parity:
        console.print(_parity_table(summary.parity))
    trust, latency = summary.trust, summary.latency
    console.print(Text(f"Latency: median {latency.median:.1f} ms, p95 {latency.p95:.1f} ms"))
    console.print(
        Text(f"Confidence: calibration error {trust.calibration_error:.3f}, "
             f"area under risk-coverage {trust.area_under_risk:.3f}")
    )  # fmt: skip
    _print_failures(evaluation, summary, console)


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print every measure before and after, with its corrected p-value and the verdict."""
    table = _table(f"{comparison.before} against {comparison.after}", "measure")
    for heading in ("before", "after", "change", "p (Holm)", "verdict"):
        table.add_column(heading, justify="right")
    for change in comparison.changes:
        gain = change.after - change.before
        numbers = (f"{change.before:.3f}", f"{change.after:.3f}", f"{gain:+.3f}", f"{change.p_corrected:.3f}")
        table.add_row(change.measure, *numbers, verdict(change))
    console.print(table)
    if not comparison.same_gold:
        console.print("The gold sets differ, though their questions have the same names.")


def verdict(change: Change) -> str:
    """Return what a change means in two words."""
    if change.regressed:
        return "regression"
    if change.p_corrected < SIGNIFICANCE:
        return "significant"
    return "same" if change.before == change.after else "may be chance"


def interval(value: Value) -> str:
    """Return "0.833 [0.750, 0.903]", or a dash where nothing counts."""
    return "–" if value.value is None else f"{value.value:.3f} [{value.low:.3f}, {value.high:.3f}]"


def ratio(both: Difference) -> str:
    """Return ours over theirs, "1.021", or a dash where theirs is 0."""
    return f"{both.ours / both.theirs:.3f}" if both.theirs else "–"


def _table(title: str, first: str) -> Table:
    table = Table(title=Text(title), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, no_wrap=True)
    return table


def _measure_table(title: str, columns: Mapping[str, Values]) -> Table:
    table = _table(title, "measure")
    for name in columns:
        table.add_column(name, justify="right")
    for measure in MEASURES:
        values = [columns[name][measure.name] for name in columns]
        if any(value.questions for value in values):
            table.add_row(measure.name, *(interval(value) for value in values))
    return table


def _kind_table(kinds: Mapping[str, Values]) -> Table:
    table = _table("By kind of question", "kind")
    for heading in ("questions", *KIND_MEASURES):
        table.add_column(heading, justify="right")
    for kind, values in kinds.items():
        shown = [values[name].value for name in KIND_MEASURES]
        cells = ["–" if value is None else f"{value:.3f}" for value in shown]
        table.add_row(Text(plain(kind)), str(values["Abstention accuracy"].questions), *cells)
    return table


def _parity_table(parity: Mapping[str, Difference]) -> Table:
    ours, theirs = PARITY
    table = _table(f"Parity: {ours} over {theirs}, same questions", "measure")
    for heading in (ours, theirs, "difference", f"{ours}/{theirs}"):
        table.add_column(heading, justify="right")
    for name, both in parity.items():
        difference = f"{both.ours - both.theirs:+.3f} [{both.low:+.3f}, {both.high:+.3f}]"
        table.add_row(name, f"{both.ours:.3f}", f"{both.theirs:.3f}", difference, ratio(both))
    return table


def _print_failures(evaluation: Evaluation, summary: Summary, console: Console) -> None:
    for question_id, answer in evaluation.qrels.unreachable:
        quote = answer.quote[:SHORTEST_QUOTE].replace("\n", " ")
        place = f"{answer.source}[{answer.start}:{answer.end}]"
        console.print(Text(plain(f"Unreachable, counted as missed: {question_id}, {place} “{quote}”")))
    counts = Counter(reason for failure in failures(evaluation, summary) for reason in failure.reasons)
    for reason in REASONS:
        if counts[reason]:
            console.print(Text(f"Failures: {counts[reason]} × {reason}"))
