"""Whether the passages found answer the question, and how sure that is."""

import math
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a passage holding the answer, each 0 to 1.

    Attributes:
        passage: cosine of the question with the passage.
        sentence: what its best sentence alone covers, more where it holds what is asked for.
        words: share of the question's information that passage and title cover.
        weakest: how well the word is covered that is covered worst.
        names: the same of names and numbers alone; 1 where the question has none.
        expected: whether it holds the kind of answer asked for (a date, a number, a person);
            1 where the question does not tell.

    """

    passage: float
    sentence: float
    words: float
    weakest: float
    names: float
    expected: float


@dataclass(frozen=True, slots=True)
class Judge:
    """A logistic regression over evidence, and the confidence below which a question is refused.

    Attributes:
        intercept: of the regression.
        weights: of the regression.
        threshold: the least confidence that counts as an answer.
        risk: share of answerable questions that the threshold may refuse, on the half it was chosen on.

    """

    intercept: float
    weights: Evidence
    threshold: float
    risk: float

    def confidence(self, evidence: Evidence) -> float:
        """Return the probability that the first passages hold the answer."""
        weighted = zip(astuple(self.weights), astuple(evidence), strict=True)
        return 1 / (1 + math.exp(-self.intercept - sum(weight * value for weight, value in weighted)))

    def judge(self, first: Evidence | None) -> "Judgement":
        """Return how sure it is that the articles hold the answer, from the first hit; None: no hit."""
        if first is None:
            return Judgement(0.0, "no article matches the filters")
        confidence = self.confidence(first)
        if confidence >= self.threshold:
            return Judgement(confidence, None)
        return Judgement(confidence, "no passage is close enough to the question")


@dataclass(frozen=True, slots=True)
class Judgement:
    """Confidence that the articles hold the answer; the reason where it is too small."""

    confidence: float
    reason: str | None

    @property
    def answerable(self) -> bool:
        """Return whether the confidence reaches the threshold."""
        return self.reason is None
