"""A query: a question, understood for both searches."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from embeddings import Lexicon, Vectors
from rag.fusion import bm25_limit
from rag.lexical import LexicalIndex, term_of, words_of
from rag.vocabulary import Vocabulary

# The one ending of French verbs that Snowball's stemmer does not take off.
THIRD_PLURAL = "ent"
SHORTEST_VERB = 4  # letters: shorter stems meet words of other kinds ("ag", "agent")
# Words of recent questions whose translations are kept, some hundred bytes each.
REMEMBERED_WORDS = 10_000


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A word of the question, as one field of the lexical index may hold it.

    Attributes:
        word: as the question has it.
        alternatives: terms of the index that stand for it, each with a factor: 1 for the
            word's own term, its cosine for a translation.
        limit: the most that BM25 can give for it, the best alternative counting.
        named: whether it is a name or a number: what an answer can hardly do without.

    """

    word: str
    alternatives: dict[str, float]
    limit: float
    named: bool

    def found(self, held: set[str]) -> float:
        """Return how well these terms stand for the word: the best factor, 0 for none."""
        return max((factor for name, factor in self.alternatives.items() if name in held), default=0.0)


def share_found(terms: Iterable[QueryTerm], held: set[str]) -> float:
    """Return the share of the words' information that these terms hold, 0 to 1; 1 for no words."""
    terms = list(terms)
    limit = sum(term.limit for term in terms)
    return sum(term.limit * term.found(held) for term in terms) / limit if limit else 1.0


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
        self._translations = lru_cache(REMEMBERED_WORDS)(self._nearest)

    def terms(self, question: str, language: str) -> dict[str, list[QueryTerm]]:
        """Return the words of a question for each field, without stop words and repetition."""
        return {field: self._terms(question, language, field) for field in self._index.fields}

    def _terms(self, question: str, language: str, field: str) -> list[QueryTerm]:
        own: dict[str, tuple[str, bool]] = {}
        for place, word in enumerate(words_of(question)):
            if (term := term_of(word, field, language)) is not None:
                own.setdefault(term, (word, _is_named(word, place)))
        return [
            self._term(word, named, self._translated(word, language, field) | {term: 1.0}, field)
            for term, (word, named) in own.items()
        ]

    def _translated(self, word: str, language: str, field: str) -> dict[str, float]:
        return {} if language == field else self._translations(word, field)

    def _nearest(self, word: str, field: str) -> dict[str, float]:
        vocabulary = self._vocabularies.get(field)
        if vocabulary is None or self._lexicon is None:
            return {}
        return vocabulary.nearest(self._lexicon.vectors([word])[0])

    def _term(self, word: str, named: bool, alternatives: dict[str, float], field: str) -> QueryTerm:
        if field == "fr":
            alternatives = _with_plural_verbs(alternatives)
        held = {term: self._index.document_frequency(field, term) for term in alternatives}
        # A word that no passage holds counts in full; one with a translation counts as that one.
        known = {term: factor for term, factor in alternatives.items() if held[term]} or alternatives
        limit = max(factor * bm25_limit(held[term], self._index.size) for term, factor in known.items())
        return QueryTerm(word, known, limit, named)


def _with_plural_verbs(alternatives: dict[str, float]) -> dict[str, float]:
    """Add the verb forms that the French stemmer leaves apart: "signent" for "sign", and back.

    Only terms that the index holds come to count, so that what is no verb adds next to nothing.
    """
    forms = {
        term.removesuffix(THIRD_PLURAL) if term.endswith(THIRD_PLURAL) else term + THIRD_PLURAL: factor
        for term, factor in alternatives.items()
        if len(term) >= SHORTEST_VERB
    }
    return forms | alternatives


def _is_named(word: str, place: int) -> bool:
    return not word.isalpha() or (place > 0 and word[0].isupper())
