"""Which sentences of a passage answer the question."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Two at most: more would mark the passage, not the answer.
AT_MOST = 2


@dataclass(frozen=True, slots=True)
class HighlightWeights:
    """What makes a sentence the answering one.

    Attributes:
        words: of the share of the question's information it covers.
        expected: of its holding the kind of answer asked for.
        length: of the logarithm of its length: short sentences say little.
        near: a second sentence is marked where its score is this near to the first one's.

    """

    words: float
    expected: float
    length: float
    near: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer.

    Attributes:
        words: share of the question's information it covers.
        expected: whether it holds the kind of answer asked for; True where none is.
        length: its terms.
        headline: whether it is the article's title.

    """

    words: float
    expected: bool
    length: int
    headline: bool

    def score(self, weights: HighlightWeights) -> float:
        """Return what sentences of one passage are compared by."""
        return (
            weights.words * self.words
            + weights.expected * self.expected
            + weights.length * float(np.log1p(self.length))
        )


def answering_sentences(candidates: Sequence[Candidate], weights: HighlightWeights) -> list[int]:
    """Return the places of the sentences that answer best, best first, the first of equals.

    A headline is taken only where nothing else stands: a reader sees it anyway, and a sentence
    below it says in full what it says in short.
    """
    scores = [candidate.score(weights) for candidate in candidates]
    places = range(len(candidates))
    body = [place for place in places if not candidates[place].headline] or list(places)
    ranked = sorted(body, key=lambda place: -scores[place])
    return [
        place for place in ranked[:AT_MOST] if scores[place] > scores[ranked[0]] - weights.near
    ] or ranked[:1]
