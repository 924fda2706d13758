"""Whether the passages found answer the question, and how sure that is."""

import math
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer, each 0 to 1, over the first hits.

    Attributes:
        sentence: cosine of the question with the best sentence.
        passage: cosine of the question with the best passage.
        terms: share of the question's information found word for word in one passage.
        margin: fused score of the first hit over that of the last one looked at.

    """

    sentence: float
    passage: float
    terms: float
    margin: float


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
WEIGHTS = Evidence(sentence=4.0, passage=4.0, terms=4.0, margin=0.0)
THRESHOLD = 0.5


def judge(evidence: Evidence) -> Judgement:
    """Return how sure it is that a question with this evidence is answered."""
    weighted = zip(astuple(WEIGHTS), astuple(evidence), strict=True)
    confidence = 1 / (1 + math.exp(-INTERCEPT - sum(weight * value for weight, value in weighted)))
    return Judgement(
        confidence, None if confidence >= THRESHOLD else "no passage is close enough to the question"
    )


NOTHING_TO_SEARCH = Judgement(0.0, "no article matches the filters")
