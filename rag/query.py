"""A query: a question, understood for both searches."""

from dataclasses import dataclass

from embeddings import Lexicon, Vectors
from rag.fusion import bm25_limit
from rag.lexical import LexicalIndex, term_of, words_of
from rag.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A word of the question, as one field of the lexical index may hold it.

    Attributes:
        word: as the question has it.
        alternatives: terms of the index that stand for it, each with a factor: 1 for the
            word's own term, its cosine for a translation.
        limit: the most that BM25 can give for it, the best alternative counting.

    """

    word: str
    alternatives: dict[str, float]
    limit: float


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the searches see it.

    Attributes:
        text: the question, trimmed.
        language: ISO 639-1 code.
        vector: (d,) float32, unit norm.
        terms: the question's words for each field of the lexical index.

    """

    text: str
    language: str
    vector: Vectors
    terms: dict[str, list[QueryTerm]]

    @property
    def alternatives(self) -> dict[str, list[dict[str, float]]]:
        """Return what the lexical index is asked for."""
        return {field: [term.alternatives for term in terms] for field, terms in self.terms.items()}

    def bound(self, field: str) -> float:
        """Return the most that BM25 can give a passage of a field for this question."""
        return sum(term.limit for term in self.terms[field])


class Expander:
    """Turns the words of a question into terms of the index, across languages where a lexicon is at hand."""

    def __init__(
        self, index: LexicalIndex, vocabularies: dict[str, Vocabulary], lexicon: Lexicon | None
    ) -> None:
        self._index = index
        self._vocabularies = vocabularies
        self._lexicon = lexicon

    def terms(self, question: str, language: str) -> dict[str, list[QueryTerm]]:
        """Return the words of a question for each field, without stop words and repetition."""
        return {field: self._terms(question, language, field) for field in self._index.fields}

    def _terms(self, question: str, language: str, field: str) -> list[QueryTerm]:
        own: dict[str, str] = {}
        for word in words_of(question):
            if (term := term_of(word, field, language)) is not None:
                own.setdefault(term, word)
        near = self._translations(list(own.values()), field) if language != field else [{}] * len(own)
        return [
            self._term(word, translations | {term: 1.0}, field)
            for (term, word), translations in zip(own.items(), near, strict=True)
        ]

    def _translations(self, words: list[str], field: str) -> list[dict[str, float]]:
        vocabulary = self._vocabularies.get(field)
        if vocabulary is None or self._lexicon is None or not words:
            return [{}] * len(words)
        return vocabulary.nearest(self._lexicon.vectors(words))

    def _term(self, word: str, alternatives: dict[str, float], field: str) -> QueryTerm:
        held = {term: self._index.document_frequency(field, term) for term in alternatives}
        # A word that no passage holds counts in full; one with a translation counts as that one.
        known = {term: factor for term, factor in alternatives.items() if held[term]} or alternatives
        limit = max(factor * bm25_limit(held[term], self._index.size) for term, factor in known.items())
        return QueryTerm(word, known, limit)
