"""Which sentences of a passage answer the question."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

# Two at most: more would mark the passage, not the answer.
AT_MOST = 2
# Words of a label at most: "Plafond du livret A", "17 ans". A guess: the development half, which
# asks for few, is marked alike with labels and without.
LABEL = 8


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
        announces: whether it only says what follows: the article's title, a question of its own.
        text: itself, to tell one that stands twice.

    """

    words: float
    expected: bool
    length: int
    announces: bool
    text: str

    def score(self, weights: HighlightWeights) -> float:
        """Return what sentences of one passage are compared by."""
        return (
            weights.words * self.words
            + weights.expected * self.expected
            + weights.length * float(np.log1p(self.length))
        )


def asks(text: str) -> bool:
    """Return whether a sentence is a question."""
    return text.endswith(("?", "? »", "?»", '?"', "?”"))


def introduces(text: str) -> bool:
    """Return whether a sentence only says what the next is about: a question, a label, a heading."""
    return asks(text) or text.endswith(":") or (text[-1:].isalnum() and len(text.split()) <= LABEL)


def answering_sentences(candidates: Sequence[Candidate], weights: HighlightWeights) -> list[int]:
    """Return the places of the sentences that answer best, best first, the first of equals.

    A headline is taken only where nothing else stands: a reader sees it anyway, and a sentence
    below it says in full what it says in short. So is a question of the article's own. What says
    the same as the best one, as the label of a table may, is not marked beside it.
    """
    scores = [candidate.score(weights) for candidate in candidates]
    places = range(len(candidates))
    body = [place for place in places if not candidates[place].announces] or list(places)
    best, *others = sorted(body, key=lambda place: -scores[place])
    least = scores[best] - weights.near
    seconds = (p for p in others if scores[p] > least and candidates[p].text != candidates[best].text)
    return [best, *islice(seconds, AT_MOST - 1)]
