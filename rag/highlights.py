"""Which sentence of a passage answers the question."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rag.query import QueryTerm, share_found

# A sentence that holds the question's words is preferred to one that is only near in meaning.
TERM_WEIGHT = 0.3


def answering_sentence(
    cosines: npt.NDArray[np.float32], sentence_terms: Sequence[set[str]], terms: Sequence[QueryTerm]
) -> int:
    """Return the place of the sentence that answers best, the first of equals.

    Args:
        cosines: cosine of the question with each sentence, (n,).
        sentence_terms: analysed terms of each sentence.
        terms: the words of the question, in the passage's language.

    """
    shares = np.array([share_found(terms, held) for held in sentence_terms])
    return int(np.argmax((1 - TERM_WEIGHT) * cosines + TERM_WEIGHT * shares))
