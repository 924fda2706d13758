"""Whether `confidence` can be relied on, and what refusing buys.

`confidence` promises that the first passages hold the answer. Calibration compares the promise
with what happened; the risk-coverage curve tells how often Ibid is wrong when it answers only
the share of questions it is surest of. Every question counts: answering one that the articles
do not answer is wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.evaluation.intervals import Floats

BINS = 10  # as in Guo et al. (2017), so figures compare with published ones


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of similar confidence: how many, what was promised, what happened."""

    low: float
    high: float
    questions: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Point:
    """Answering `coverage` of the questions, those of at least `confidence`, is wrong `risk` of the time."""

    coverage: float
    risk: float
    confidence: float


def reliability(confidence: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """Group questions into ten equal ranges of confidence; empty ranges are left out.

    Args:
        confidence: (n,) 0 to 1.
        right: (n,) whether the promise was kept.

    """
    promised, kept = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    places = np.minimum((promised * BINS).astype(int), BINS - 1)  # 1.0 belongs to the last range
    bins = []
    for place in range(BINS):
        inside = places == place
        if count := int(inside.sum()):
            means = float(promised[inside].mean()), float(kept[inside].mean())
            bins.append(Bin(place / BINS, (place + 1) / BINS, count, *means))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: the mean distance of promise and outcome, 0 to 1.

    Source: Guo et al., On Calibration of Modern Neural Networks (ICML 2017), equation 3.
    """
    total = sum(b.questions for b in bins)
    return sum(b.questions * abs(b.accuracy - b.confidence) for b in bins) / total if total else 0.0


def risk_coverage(confidence: Sequence[float], right: Sequence[bool]) -> list[Point]:
    """Return one point for each distinct confidence, from the surest question to all of them.

    Source: El-Yaniv and Wiener, On the Foundations of Noise-free Selective Classification
    (JMLR 2010).
    """
    surest, risks = _risks(confidence, right)
    count = len(surest)
    last_of_ties = [
        place for place in range(count) if place + 1 == count or surest[place + 1] < surest[place]
    ]
    return [Point((i + 1) / count, float(risks[i]), float(surest[i])) for i in last_of_ties]


def area_under_risk(confidence: Sequence[float], right: Sequence[bool]) -> float:
    """Return AURC: the mean risk over all coverages, 0 best.

    Source: Geifman, Uziel and El-Yaniv, Bias-Reduced Uncertainty Estimation (ICLR 2019). Among
    equal confidences the order is unknown: the mean over every order is taken.
    """
    _, risks = _risks(confidence, right)
    return float(risks.mean()) if len(risks) else 0.0


def _risks(confidence: Sequence[float], right: Sequence[bool]) -> tuple[Floats, Floats]:
    """Return confidences, falling, and the expected risk of answering the first 1, 2, … n."""
    order = np.argsort(-np.asarray(confidence, dtype=float), kind="stable")
    surest = np.asarray(confidence, dtype=float)[order]
    wrong = 1.0 - np.asarray(right, dtype=float)[order]
    # In a tie each question stands for the mean of its group: the mean over every order.
    _, groups = np.unique(surest, return_inverse=True)
    wrong = (np.bincount(groups, wrong) / np.bincount(groups))[groups] if len(groups) else wrong
    return surest, np.cumsum(wrong) / np.arange(1, len(wrong) + 1)
