"""Which sentence of a passage answers the question."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.query import QueryTerm, share_found

# Words tell more than meaning here: all sentences of a passage are near in meaning. Best on the
# development half among 0.3, 0.5, 0.7 and 0.9.
TERM_WEIGHT = 0.9


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: its cosine with the question, its terms, whether it is the title."""

    cosine: float
    held: set[str]
    headline: bool


def answering_sentence(candidates: Sequence[Candidate], terms: Sequence[QueryTerm]) -> int:
    """Return the place of the sentence that answers a question of these words best, the first of equals.

    A headline is taken only where nothing else stands: a reader sees it anyway, and a sentence
    below it says in full what it says in short.
    """

    def score(place: int) -> float:
        one = candidates[place]
        return (1 - TERM_WEIGHT) * one.cosine + TERM_WEIGHT * share_found(terms, one.held)

    places = range(len(candidates))
    return max([place for place in places if not candidates[place].headline] or places, key=score)
