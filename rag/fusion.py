"""One score from two: a convex combination of the dense and the lexical evidence.

    fused = (1 - w) · max(cosine, 0) + w · BM25 / bound

`bound` is what BM25 could reach at most for this question, each of its terms saturated in
one short passage: Σ (k1 + 1) · idf, a translation counting by its cosine. So the lexical part
is the share of the question's information that the passage holds in words, comparable between
questions. A word that neither stands in any passage nor has a translation there raises the
bound and so lowers the lexical part. After Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid
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
        """Return the share of the question's information found in words, 0 to 1."""
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
