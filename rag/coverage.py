"""How well the words of passages stand for those of a question, sentence by sentence and word by word.

A word of the question is matched by its best counterpart: its own term in full, a translation or
any other word as far as the lexicon holds them alike, a number by itself alone. So "put their names
to" still meets "signé" a little. After Khattab and Zaharia, "ColBERT" (SIGIR 2020), whose late
interaction this is, with static vectors of words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embeddings import Vectors
from rag.query import QueryTerm
from rag.vocabulary import Held, Ids, Vocabulary

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a passage holds of the words of a question, each match 0 to 1.

    Attributes:
        weights: (words,) share of the question's information in each word.
        named: (words,) whether it is a name or a number.
        sentences: (sentences, words) the best counterpart in each sentence.
        around: (words,) the best counterpart in the article's title and year.
        lengths: (sentences,) terms in each sentence.

    """

    weights: Floats
    named: npt.NDArray[np.bool_]
    sentences: Floats
    around: Floats
    lengths: npt.NDArray[np.int64]

    @property
    def matches(self) -> Floats:
        """Return the best counterpart of each word in passage and title: (words,)."""
        found: Floats = np.maximum(self.sentences.max(axis=0, initial=0.0), self.around)
        return found

    @property
    def share(self) -> float:
        """Return the share of the question's information that is covered, 0 for no words."""
        return float(self.matches @ self.weights)

    @property
    def of_sentences(self) -> Floats:
        """Return the share that each sentence covers alone: (sentences,)."""
        shares: Floats = self.sentences @ self.weights
        return shares

    @property
    def weakest(self) -> float:
        """Return the match of the word that is covered worst, 0 for no words."""
        return float(self.matches.min(initial=1.0)) if len(self.weights) else 0.0

    @property
    def names(self) -> float:
        """Return the match of the name or number that is covered worst, 1 for none."""
        return float(self.matches[self.named].min(initial=1.0))


def cover(
    terms: Sequence[QueryTerm],
    vectors: Vectors,
    vocabulary: Vocabulary | None,
    passages: Sequence[Held],
    titles: Sequence[frozenset[str]],
) -> list[Coverage]:
    """Return what each passage holds of the words of a question.

    Args:
        terms: the words of the question in the passages' field.
        vectors: (words, d) of the lexicon, zero for numbers.
        vocabulary: of that field; None where it holds no term.
        passages: for each passage, the terms of its sentences.
        titles: for each passage, the terms of its article's title and year.

    """
    information = np.array([term.information for term in terms], dtype=np.float32)
    weights = information / information.sum() if len(terms) else information
    named = np.array([term.named for term in terms], dtype=bool)
    distinct = list(dict.fromkeys(titles))
    # Titles are compared as sentences are, in one go.
    matches = _matches(terms, vectors, vocabulary, [*passages, *(_ids(vocabulary, one) for one in distinct)])
    ends = np.cumsum([0, *(len(passage.lengths) for passage in passages)])
    around = {
        title: np.maximum(row, np.array([term.found(title) for term in terms], dtype=np.float32))
        for title, row in zip(distinct, matches[ends[-1] :], strict=True)
    }
    return [
        Coverage(weights, named, matches[start:end], around[title], passage.lengths)
        for start, end, title, passage in zip(ends[:-1], ends[1:], titles, passages, strict=True)
    ]


def _ids(vocabulary: Vocabulary | None, title: frozenset[str]) -> Held:
    """Return the terms of a title that stand in some article."""
    known = sorted(vocabulary.ids[name] for name in title if name in vocabulary.ids) if vocabulary else []
    return Held(np.array(known, dtype=np.uint32), np.array([len(known)]))


def _matches(
    terms: Sequence[QueryTerm], vectors: Vectors, vocabulary: Vocabulary | None, rows: Sequence[Held]
) -> Floats:
    """Return the best match of each word in each sentence: (sentences, words)."""
    lengths = np.concatenate([held.lengths for held in rows])
    best = np.zeros((len(lengths), len(terms)), dtype=np.float32)
    filled = np.flatnonzero(lengths)
    if vocabulary is None or not len(filled):
        return best
    unique, places = np.unique(np.concatenate([held.ids for held in rows]), return_inverse=True)
    matches = _of_terms(terms, vectors, vocabulary, unique)[places]
    starts = (np.cumsum(lengths) - lengths)[filled]
    best[filled] = np.maximum.reduceat(matches, starts, axis=0)
    return best


def _of_terms(terms: Sequence[QueryTerm], vectors: Vectors, vocabulary: Vocabulary, ids: Ids) -> Floats:
    """Return how well each term stands for each word: (len(ids), words); `ids` are sorted."""
    matches: Floats = vocabulary.likeness(ids, vectors)
    for word, term in enumerate(terms):
        for name, factor in term.alternatives.items():
            known = vocabulary.ids.get(name)
            if known is None:
                continue
            place = int(np.searchsorted(ids, known))
            if place < len(ids) and ids[place] == known:
                matches[place, word] = max(factor, matches[place, word])
    return matches
