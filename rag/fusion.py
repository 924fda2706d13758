"""One score from two: a convex combination of the dense and the lexical evidence.

    fused = (1 - w) · max(cosine, 0) + w · BM25 / bound

`bound` is what BM25 could reach at most for this question, each of its terms saturated in
one short passage: Σ (k1 + 1) · idf. So the lexical part is the share of the question's
information that the passage holds word for word, comparable between questions. Words of an
English question that no French passage holds raise the bound and lower the lexical part by
themselves. After Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid
Retrieval" (TOIS 2023), who normalise by theoretical bounds as well.
"""

import math
from dataclasses import dataclass

# Best on the development half among 0.2 to 0.8, `tests/benchmarks/fusion.py`; see Decisions.
LEXICAL_WEIGHT = 0.7
# tantivy's constant, fixed there; BM25 of one term tends to (K1 + 1) · idf.
K1 = 1.2


@dataclass(frozen=True, slots=True)
class Score:
    """The parts of a passage's score; `fused` is exactly the sum of the two shares."""

    cosine: float
    bm25: float
    bound: float

    @property
    def dense_share(self) -> float:
        """Return the dense part of the score."""
        return (1 - LEXICAL_WEIGHT) * max(self.cosine, 0.0)

    @property
    def lexical(self) -> float:
        """Return the share of the question's information found word for word, 0 to 1."""
        return self.bm25 / self.bound if self.bound else 0.0

    @property
    def lexical_share(self) -> float:
        """Return the lexical part of the score."""
        return LEXICAL_WEIGHT * self.lexical

    @property
    def fused(self) -> float:
        """Return the score passages are ranked by, 0 to 1."""
        return self.dense_share + self.lexical_share


def bm25_limit(frequency: int, passages: int) -> float:
    """Return the most that BM25 can give for a term that `frequency` of all `passages` hold."""
    return (K1 + 1) * math.log1p((passages - frequency + 0.5) / (frequency + 0.5))
