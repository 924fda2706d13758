"""A query: a question, understood for both searches."""

from dataclasses import dataclass

from embeddings import Vectors
from rag.fusion import bm25_limit
from rag.lexical import LexicalIndex


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the searches see it.

    Attributes:
        text: the question, trimmed.
        language: ISO 639-1 code.
        vector: (d,) float32, unit norm.
        weights: for each field of the lexical index, the question's terms in it and the
            most that BM25 can give for each.

    """

    text: str
    language: str
    vector: Vectors
    weights: dict[str, dict[str, float]]

    @property
    def terms(self) -> dict[str, list[str]]:
        """Return the question's terms for each field."""
        return {field: list(weights) for field, weights in self.weights.items()}

    def bound(self, field: str) -> float:
        """Return the most that BM25 can give a passage of a field for this question."""
        return sum(self.weights[field].values())


def term_weights(question: str, language: str, index: LexicalIndex) -> dict[str, dict[str, float]]:
    """Return the terms of a question for each field, with the most BM25 can give for each."""
    return {
        field: {term: bm25_limit(index.document_frequency(field, term), index.size) for term in terms}
        for field, terms in index.question_terms(question, language).items()
    }
