"""The evaluation as one self-contained page: failures first, then figures and plots."""

from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined

from rag.answer import Hit
from rag.citations import cite
from rag.evaluation.failures import Failure, failures
from rag.evaluation.measures import FIRST, MEASURES
from rag.evaluation.plots import Plot, language_plot, reliability_plot, risk_coverage_plot
from rag.evaluation.question import GoldAnswer
from rag.evaluation.report import interval, ratio
from rag.evaluation.run import Evaluation
from rag.evaluation.summary import PARITY, Summary

TEMPLATE = Path(__file__).with_name("page.html")


class Piece(NamedTuple):
    """A stretch of a passage, highlighted or not."""

    text: str
    highlighted: bool


class Shown(NamedTuple):
    """A passage that was found, ready for display."""

    hit: Hit
    relevant: bool
    link: str
    pieces: list[Piece]


class Case(NamedTuple):
    """A failure with what was expected and what was found."""

    failure: Failure
    expected: list[tuple[GoldAnswer, bool]]
    shown: list[Shown]


def render_page(evaluation: Evaluation, summary: Summary, server: str = "") -> str:
    """Return the page as HTML.

    Args:
        evaluation: what was asked.
        summary: its figures.
        server: where citations are served, "http://127.0.0.1:8000"; links start with it.

    """
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"interval": interval, "ratio": ratio}
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        evaluation=evaluation,
        summary=summary,
        cases=[_case(failure, evaluation, server) for failure in failures(evaluation, summary)],
        plots=_plots(summary),
        measures=MEASURES,
        parity=PARITY,
    )


def _plots(summary: Summary) -> list[Plot]:
    return [
        language_plot(summary.slices["language"], [measure.name for measure in MEASURES]),
        risk_coverage_plot(summary.trust.risk_coverage),
        reliability_plot(summary.trust.reliability, summary.trust.calibration_error),
    ]


def _case(failure: Failure, evaluation: Evaluation, server: str) -> Case:
    question = failure.asked.question
    held = evaluation.qrels.held.get(question.id, {})
    reachable = {place for places in held.values() for place in places}
    return Case(
        failure,
        [(answer, place in reachable) for place, answer in enumerate(question.answers)],
        [
            Shown(hit, name in held, f"{server}/c/{cite(hit).id}", pieces(hit))
            for name, hit in failure.asked.ranking()[:FIRST]
        ],
    )


def pieces(hit: Hit) -> list[Piece]:
    """Cut a passage at its highlights; the pieces put together are its text again."""
    cut, place = [], 0
    for highlight in sorted(hit.highlights):
        cut += [Piece(hit.text[place : highlight.start], False), Piece(highlight.slice(hit.text), True)]
        place = highlight.end
    return [piece for piece in (*cut, Piece(hit.text[place:], False)) if piece.text]
