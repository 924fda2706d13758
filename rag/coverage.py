"""How well the words of passages stand for those of a question, sentence by sentence and word by word.

A word of the question is matched by its best counterpart: its own term in full, a translation or
any other word as far as the lexicon holds them alike, a number by itself alone. So "put their names
to" still meets "signé" a little. After Khattab and Zaharia, "ColBERT" (SIGIR 2020), whose late
interaction this is, with static vectors of words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embeddings import Vectors
from rag.query import QueryTerm
from rag.ragged import starts_of
from rag.vocabulary import Held, Ids, Vocabulary

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a passage holds of the words of a question, each match 0 to 1.

    Attributes:
        weights: (words,) share of the question's information in each word.
        named: (words,) whether it is a name or a number.
        sentences: (sentences, words) the best counterpart in each sentence.
        of_sentences: (sentences,) the share of the question's information that each covers alone.
        matches: (words,) the best counterpart in passage, title and year.
        share: the share of the question's information that is covered, 0 for no words.
        lengths: (sentences,) terms in each sentence.

    """

    weights: Floats
    named: npt.NDArray[np.bool_]
    sentences: Floats
    of_sentences: Floats
    matches: Floats
    share: float
    lengths: npt.NDArray[np.int64]

    @property
    def weakest(self) -> float:
        """Return the match of the word that is covered worst, 0 for no words."""
        return float(self.matches.min(initial=1.0)) if len(self.weights) else 0.0

    @property
    def names(self) -> float:
        """Return the match of the name or number that is covered worst, 1 for none."""
        return float(self.matches[self.named].min(initial=1.0))


@dataclass(frozen=True, slots=True)
class Title:
    """The terms of an article's title and year: ids of those that stand in some article, and the others."""

    ids: Ids
    unknown: frozenset[str]


def title_of(terms: Iterable[str], vocabulary: Vocabulary | None) -> Title:
    """Return the terms of a title as they are compared."""
    known = {term: vocabulary.ids[term] for term in terms if term in vocabulary.ids} if vocabulary else {}
    return Title(np.array(sorted(known.values()), dtype=np.uint32), frozenset(terms) - known.keys())


def cover(
    terms: Sequence[QueryTerm],
    vectors: Vectors,
    vocabulary: Vocabulary | None,
    held: Held,
    passages: Sequence[tuple[int, Title]],
    dated: npt.NDArray[np.bool_],
) -> list[Coverage]:
    """Return what each passage holds of the words of a question.

    Args:
        terms: the words of the question in the passages' field.
        vectors: (words, d) of the lexicon, zero for numbers.
        vocabulary: of that field; None where it holds no term.
        held: the terms of the sentences of all passages, one passage after the other.
        passages: for each passage, how many sentences it has, at least one, and its article's title.
        dated: (passages, words) the words of dates that the article was published on: they need no match.

    """
    information = np.array([term.information for term in terms], dtype=np.float32)
    weights = information / information.sum() if len(terms) else information
    named = np.array([term.named for term in terms], dtype=bool)
    titles = list({id(title): title for _, title in passages}.values())
    place = {id(title): row for row, title in enumerate(titles)}
    # Titles are compared as sentences are, in one go.
    everything = Held(
        np.concatenate([held.ids, *(title.ids for title in titles)]),
        np.concatenate([held.lengths, np.array([len(title.ids) for title in titles], dtype=np.int64)]),
    )
    matches = _matches(terms, vectors, vocabulary, everything)
    sentences, around = matches[: len(held.lengths)], matches[len(held.lengths) :]
    for row, title in enumerate(titles):
        if title.unknown:
            around[row] = np.maximum(around[row], [term.found(title.unknown) for term in terms])
    counts = np.array([count for count, _ in passages])
    sentences = np.maximum(sentences, np.repeat(dated, counts, axis=0).astype(np.float32))
    starts = starts_of(counts)
    rows = [place[id(title)] for _, title in passages]
    best = np.maximum(np.maximum.reduceat(sentences, starts, axis=0), around[rows])
    # As matrix products, equal passages would differ in the last digit.
    shares, of_sentences = (best * weights).sum(axis=1).tolist(), (sentences * weights).sum(axis=1)
    own = [slice(start, start + count) for start, count in zip(starts.tolist(), counts.tolist(), strict=True)]
    return [
        Coverage(weights, named, sentences[at], of_sentences[at], best[row], shares[row], held.lengths[at])
        for row, at in enumerate(own)
    ]


def _matches(
    terms: Sequence[QueryTerm], vectors: Vectors, vocabulary: Vocabulary | None, held: Held
) -> Floats:
    """Return the best match of each word in each sentence: (sentences, words)."""
    best = np.zeros((len(held.lengths), len(terms)), dtype=np.float32)
    filled = np.flatnonzero(held.lengths)
    if vocabulary is None or not len(filled):
        return best
    unique, places = _distinct(held.ids, len(vocabulary.ids))
    matches = _of_terms(terms, vectors, vocabulary, unique)[places]
    best[filled] = np.maximum.reduceat(matches, starts_of(held.lengths)[filled], axis=0)
    return best


def _distinct(ids: Ids, terms: int) -> tuple[Ids, npt.NDArray[np.int64]]:
    """Return the ids of so many terms that occur, sorted, and for each given one its place among them."""
    occurs = np.zeros(terms, dtype=bool)  # `np.unique` sorts, which takes ten times as long
    occurs[ids] = True
    distinct = np.flatnonzero(occurs)
    place = np.empty(terms, dtype=np.int64)
    place[distinct] = np.arange(len(distinct))
    return distinct.astype(np.uint32), place[ids]


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
