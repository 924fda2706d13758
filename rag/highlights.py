"""Which sentence of a passage answers the question."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

# A sentence that holds the question's words is preferred to one that is only near in meaning.
TERM_WEIGHT = 0.3


def answering_sentence(
    cosines: npt.NDArray[np.float32], sentence_terms: Sequence[set[str]], weights: dict[str, float]
) -> int:
    """Return the place of the sentence that answers best, the first of equals.

    Args:
        cosines: cosine of the question with each sentence, (n,).
        sentence_terms: analysed terms of each sentence.
        weights: importance of each term of the question (its inverse document frequency).

    """
    total = sum(weights.values()) or 1.0
    shares = np.array([sum(weights[t] for t in weights.keys() & terms) / total for terms in sentence_terms])
    return int(np.argmax((1 - TERM_WEIGHT) * cosines + TERM_WEIGHT * shares))
