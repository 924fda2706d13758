"""The figures of an evaluation: every measure, by slice, between languages, in time and in trust."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.evaluation.calibration import (
    Bin,
    Point,
    area_under_risk,
    calibration_error,
    reliability,
    risk_coverage,
)
from rag.evaluation.intervals import Difference, Value, by_pair, difference, measure_value
from rag.evaluation.measures import MEASURES, Share, Shares, found, shares
from rag.evaluation.question import Question
from rag.evaluation.run import Asked, Evaluation

Values = Mapping[str, Value]

# Where a question belongs in each family of slices; to no slice, or to several.
SLICES: Mapping[str, Callable[[Question], Sequence[str]]] = {
    "language": lambda question: [question.language],
    "kind": lambda question: [question.kind],
    "difficulty": lambda question: [question.difficulty] if question.difficulty else [],
    "article": lambda question: sorted({answer.source for answer in question.answers}),
}
PARITY = ("en", "fr")  # the question's language against the articles' own


@dataclass(frozen=True, slots=True)
class Latency:
    """Times of one `ask` call, in milliseconds."""

    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class Trust:
    """What `confidence` is worth: expected calibration error, area under risk-coverage, both curves."""

    calibration_error: float
    area_under_risk: float
    reliability: tuple[Bin, ...]
    risk_coverage: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """All figures of one evaluation.

    Attributes:
        shares: question id -> measure -> share; what `compare` compares.
        measures: measure -> value over all questions.
        slices: family ("language", "kind", …) -> slice -> measure -> value.
        parity: measure -> English against French over pairs asked in both.
        latency: of the timed calls.
        trust: what `confidence` is worth.

    """

    shares: Shares
    measures: Values
    slices: Mapping[str, Mapping[str, Values]]
    parity: Mapping[str, Difference]
    latency: Latency
    trust: Trust


def summarise(evaluation: Evaluation) -> Summary:
    """Compute every figure of an evaluation."""
    asked = evaluation.asked
    per_question = shares(asked, evaluation.qrels)
    took = np.percentile([one.took_ms for one in asked], [50, 95])
    return Summary(
        shares=per_question,
        measures=_values(asked, per_question),
        slices={family: _sliced(asked, per_question, keys) for family, keys in SLICES.items()},
        parity=_parity(asked, per_question),
        latency=Latency(float(took[0]), float(took[1])),
        trust=_trust(evaluation),
    )


def _entries(asked: Sequence[Asked], per_question: Shares, measure: str) -> list[tuple[str, Share]]:
    return [(one.question.pair, per_question[one.question.id][measure]) for one in asked]


def _values(asked: Sequence[Asked], per_question: Shares) -> Values:
    return {measure.name: measure_value(_entries(asked, per_question, measure.name)) for measure in MEASURES}


def _sliced(
    asked: Sequence[Asked], per_question: Shares, keys: Callable[[Question], Sequence[str]]
) -> dict[str, Values]:
    groups: dict[str, list[Asked]] = {}
    for one in asked:
        for key in keys(one.question):
            groups.setdefault(key, []).append(one)
    return {key: _values(groups[key], per_question) for key in sorted(groups)}


def _parity(asked: Sequence[Asked], per_question: Shares) -> dict[str, Difference]:
    """Compare the languages of PARITY; measures without a common pair are left out."""
    compared = {}
    for measure in MEASURES:
        ours, theirs = (
            by_pair(_entries([a for a in asked if a.question.language == code], per_question, measure.name))
            for code in PARITY
        )
        if (found_difference := difference(ours, theirs)) is not None:
            compared[measure.name] = found_difference
    return compared


def _trust(evaluation: Evaluation) -> Trust:
    confidence = [one.answer.confidence for one in evaluation.asked]
    right = [found(one, evaluation.qrels) for one in evaluation.asked]
    bins = reliability(confidence, right)
    area, curve = area_under_risk(confidence, right), risk_coverage(confidence, right)
    return Trust(calibration_error(bins), area, tuple(bins), tuple(curve))
