"""A query: a question, understood for both searches."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from embeddings import Lexicon, Vectors
from rag.dates import DateMention
from rag.expectation import Kind
from rag.lexical import term_of, words_of
from rag.places import place_of
from rag.vocabulary import Vocabulary

# The one ending of French verbs that Snowball's stemmer does not take off.
THIRD_PLURAL = "ent"
SHORTEST_VERB = 4  # letters: shorter stems meet words of other kinds ("ag", "agent")
# "Moroccan" for "Maroc": nearly the word itself, which an article that has it should come before.
SAME_PLACE = 0.9
# First halves of names that the second half tells alone.
HALVES = {("United", "States"), ("United", "Kingdom"), ("États", "Unis"), ("Etats", "Unis")}
# Words of recent questions whose terms are kept, some hundred bytes each.
REMEMBERED_WORDS = 10_000


# For each field, what to look for: alternatives with their factors, of which the best found counts.
Alternatives = Mapping[str, Sequence[Mapping[str, float]]]


class TermStatistics(Protocol):
    """How common the terms of an index are; a `LexicalIndex` tells it."""

    size: int
    fields: tuple[str, ...]

    def document_frequency(self, field: str, term: str) -> int:
        """Return the number of passages that hold a term."""
        ...


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A word of the question, as one field of the lexical index may hold it.

    Attributes:
        word: as the question has it.
        alternatives: terms of the index that stand for it, each with a factor: 1 for the
            word's own term, its cosine for a translation.
        information: how much it tells passages apart, the logarithm of its rarity (idf).
        named: whether it is a name or a number: what an answer can hardly do without.

    """

    word: str
    alternatives: dict[str, float]
    information: float
    named: bool

    def found(self, held: Iterable[str]) -> float:
        """Return how well these terms stand for the word: the best factor, 0 for none."""
        return max((factor for name, factor in self.alternatives.items() if name in held), default=0.0)


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the searches see it.

    Attributes:
        text: the question, trimmed.
        language: ISO 639-1 code.
        vector: (d,) float32, unit norm.
        terms: the question's words for each field of the lexical index.
        words: (words, d) float32 for each field, the words' vectors in the lexicon; zero for numbers.
        kind: of answer that is asked for; None where the question does not tell.
        dates: those whose days are favoured: articles published on them score higher.

    """

    text: str
    language: str
    vector: Vectors
    terms: Mapping[str, list[QueryTerm]]
    words: Mapping[str, Vectors]
    kind: Kind | None = None
    dates: tuple[DateMention, ...] = ()

    @property
    def alternatives(self) -> Alternatives:
        """Return what the lexical index is asked for."""
        return {field: [term.alternatives for term in terms] for field, terms in self.terms.items()}

    def meant(self, published_on: str | None) -> tuple[DateMention, ...]:
        """Return the question's dates that a day of publication (ISO 8601) is among."""
        if not self.dates or published_on is None:
            return ()
        day = date.fromisoformat(published_on)
        return tuple(mention for mention in self.dates if mention.holds(day))

    def dated(self, field: str, meant: Sequence[Sequence[DateMention]]) -> npt.NDArray[np.bool_]:
        """Return which words of the question those of its dates are written in: (len(meant), words)."""
        terms = self.terms[field]
        dated = np.zeros((len(meant), len(terms)), dtype=bool)
        for row, mentions in enumerate(meant):
            if mentions:
                written = {word for one in mentions for word in words_of(one.span.slice(self.text))}
                dated[row] = [term.word in written for term in terms]
        return dated


class Expander:
    """Turns the words of a question into terms of the index, across languages where a lexicon is at hand."""

    def __init__(
        self, index: TermStatistics, vocabularies: Mapping[str, Vocabulary], lexicon: Lexicon | None
    ) -> None:
        self._fields = index.fields
        self._dimension = lexicon.dimension if lexicon else 0
        # What is remembered may hold no reference to this object: files mapped by a snapshot in a cycle stay
        # open until the garbage collector comes by, which may be never.
        self._vector = lru_cache(REMEMBERED_WORDS)(partial(_word_vector, lexicon))
        known = vocabularies if lexicon else {}
        self._term = lru_cache(REMEMBERED_WORDS)(partial(_query_term, index, known, self._vector))

    def terms(self, question: str, language: str) -> dict[str, list[QueryTerm]]:
        """Return the words of a question for each field, without stop words and repetition."""
        words = list(_words(question, language))
        return {field: self._terms(words, language, field) for field in self._fields}

    def vectors(self, terms: Sequence[QueryTerm]) -> Vectors:
        """Return the vector of each word, (words, d) float32, zero where it is a number or unknown."""
        vectors = [self._vector(term.word) for term in terms]
        return np.array(vectors, dtype=np.float32).reshape(len(terms), self._dimension)

    def _terms(self, words: Iterable[tuple[str, bool]], language: str, field: str) -> list[QueryTerm]:
        own: dict[str, tuple[str, bool]] = {}
        for word, named in words:
            if (term := term_of(word, field, language)) is not None:
                own.setdefault(term, (word, named))
        return [self._term(word, named, language, field) for word, named in own.values()]


def _word_vector(lexicon: Lexicon | None, word: str) -> Vectors:
    if lexicon is None:
        return np.zeros(0, dtype=np.float32)
    # A number is like no other: 2019 is not nearly 2020.
    vector: Vectors = lexicon.vectors([word if word.isalpha() else ""])[0]
    return vector


def _query_term(
    index: TermStatistics,
    vocabularies: Mapping[str, Vocabulary],
    vector_of: Callable[[str], Vectors],
    word: str,
    named: bool,
    language: str,
    field: str,
) -> QueryTerm:
    alternatives = _counterparts(vocabularies, vector_of, word, language, field)
    if own := term_of(word, field, language):
        alternatives[own] = 1.0
    if field == "fr":
        alternatives = _with_plural_verbs(alternatives)
    held = {term: index.document_frequency(field, term) for term in alternatives}
    # A word that no passage holds counts in full; one with a translation counts as that one.
    known = {term: factor for term, factor in alternatives.items() if held[term]} or alternatives
    return QueryTerm(word, known, _information(known, held, index.size), named)


def _counterparts(
    vocabularies: Mapping[str, Vocabulary],
    vector_of: Callable[[str], Vectors],
    word: str,
    language: str,
    field: str,
) -> dict[str, float]:
    """Return the terms that stand for a word beside its own, each with its factor."""
    if place := place_of(word, language):
        # Whatever else is near in meaning is another place.
        return {term: SAME_PLACE for name in place.words if (term := term_of(name, field)) is not None}
    if language == field or field not in vocabularies:
        return {}
    return vocabularies[field].nearest(vector_of(word))


def _information(alternatives: Mapping[str, float], held: Mapping[str, int], passages: int) -> float:
    """Return the idf of a word, each passage that holds an alternative counting by its factor."""
    frequency = min(sum(factor * held[term] for term, factor in alternatives.items()), passages)
    return rarity(passages, frequency)


def rarity(passages: int, frequency: float) -> float:
    """Return the idf of what so many of the passages hold, as BM25 counts it."""
    return math.log1p((passages - frequency + 0.5) / (frequency + 0.5))


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


def _words(question: str, language: str) -> Iterator[tuple[str, bool]]:
    """Yield the words of a question, and whether each is a name or a number."""
    words = words_of(question)
    # A question all in capitals does not tell its names by them.
    told = not question.isupper()
    for place, (word, following) in enumerate(pairwise([*words, ""])):
        if (word, following) in HALVES:
            continue
        known = place_of(word, language)
        yield word, known.named if known else not word.isalpha() or (told and place > 0 and word[0].isupper())
