"""The vocabulary of an index: its terms by language with their vectors, and which terms each sentence holds.

Through it a question finds words it does not hold: "agreement" finds "accord". Only terms of
the index itself are offered, so every translation is one that stands in some article.
After Darwish and Oard, "Probabilistic Structured Query Methods" (SIGIR 2003).
"""

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embeddings import Lexicon, Vectors
from rag.expectation import Kind, bit_of, kinds_in
from rag.lexical import term_of, words_of
from rag.ragged import Integers, rows_of
from rag.vectors import halved, halves, read_index, stay_on_this_thread, write_index

# A translation less close is noise; chosen on the development half, see Decisions.
NEAREST_AT_LEAST = 0.4
TRANSLATIONS = 6
TERMS = "terms.npy"
STARTS = "starts.npy"
KINDS = "kinds.npy"
# Terms whose words are looked up at once: a kilobyte each.
BATCH = 10_000

Ids = npt.NDArray[np.uint32]


class Analysed(NamedTuple):
    """The terms of some sentences of one field, in the order in which they are first met.

    Lists of plain values, for thousands of these are read in a run.

    Attributes:
        names: its terms.
        words: what they stand for, the words of one term after those of the other.
        of: for each word the place of its term.
        times: how often each word occurs as that term.
        terms: for each sentence the places of its distinct terms.
        kinds: for each sentence the bits of the kinds of answers it holds.

    """

    names: list[str]
    words: list[str]
    of: list[int]
    times: list[int]
    terms: list[list[int]]
    kinds: list[int]


class Gathered(NamedTuple):
    """The terms of all sentences, gathered.

    Attributes:
        forms: for each field its terms, in the order of their ids, with the words they stand for.
        terms: the sorted ids of the terms of each sentence, one sentence after the other.
        starts: where each sentence's begin, and the end.
        kinds: for each sentence the bits of the kinds of answers it holds.

    """

    forms: dict[str, dict[str, dict[str, int]]]
    terms: Ids
    starts: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.uint8]

    def vectors(self, field: str, lexicon: Lexicon) -> Vectors:
        """Return the vectors of a field's terms, (terms, d).

        Each is the mean of those of the words it stands for, each as often as it occurs.
        """
        terms = list(self.forms[field].values())
        return np.concatenate([_means(lexicon, terms[at : at + BATCH]) for at in range(0, len(terms), BATCH)])


def analyse(field: str, sentences: Sequence[str]) -> Analysed:
    """Return the terms of some sentences of one field."""
    places: dict[str, int] = {}
    forms: dict[int, Counter[str]] = defaultdict(Counter)
    terms: list[list[int]] = []
    for sentence in sentences:
        held: dict[int, None] = {}
        for word in words_of(sentence):
            if (term := term_of(word, field)) is not None:
                place = places.setdefault(term, len(places))
                forms[place][word.lower()] += 1
                held[place] = None
        terms.append(list(held))
    counts = [(word, of, times) for of, words in forms.items() for word, times in words.items()]
    return Analysed(
        names=list(places),
        words=[word for word, _, _ in counts],
        of=[of for _, of, _ in counts],
        times=[times for _, _, times in counts],
        terms=terms,
        kinds=[kinds_in(sentence) for sentence in sentences],
    )


def gather(analysed: Iterable[tuple[str, Analysed]]) -> Gathered:
    """Return the terms of all sentences, given with their field."""
    ids: dict[str, dict[str, int]] = defaultdict(dict)
    words: dict[str, list[dict[str, int]]] = defaultdict(list)
    held, starts, kinds = array("I"), array("q", [0]), bytearray()
    for field, some in analysed:
        known, counts = ids[field], words[field]
        here = [known.setdefault(term, len(known)) for term in some.names]
        counts += [{} for _ in range(len(counts), len(known))]
        for word, place, times in zip(some.words, some.of, some.times, strict=True):
            forms = counts[here[place]]
            forms[word] = forms.get(word, 0) + times
        for row in some.terms:
            held.extend(sorted([here[place] for place in row]))
            starts.append(len(held))
        kinds.extend(some.kinds)
    return Gathered(
        {field: dict(zip(known, words[field], strict=True)) for field, known in ids.items()},
        np.frombuffer(held, np.uint32),
        np.frombuffer(starts, np.int64),
        np.frombuffer(kinds, np.uint8),
    )


def write_vocabulary(folder: Path, lexicon: Lexicon | None, gathered: Gathered) -> None:
    """Write the terms of all sentences into an empty folder.

    Those of a language that the lexicon does not know have no vectors: they would be alike by accident.

    Raises:
        OSError: the folder cannot be written.

    """
    for name, values in ((TERMS, gathered.terms), (STARTS, gathered.starts), (KINDS, gathered.kinds)):
        np.save(folder / name, values, allow_pickle=False)
    for field, terms in gathered.forms.items():
        (folder / f"{field}.json").write_text(json.dumps(list(terms), ensure_ascii=False), "utf-8")
        if lexicon is not None and field in lexicon.languages and terms:
            write_index(halved(gathered.vectors(field, lexicon)), folder / f"{field}.faiss")


def _means(lexicon: Lexicon, terms: Sequence[Mapping[str, int]]) -> Vectors:
    """Return for each term the mean of the vectors of its words, unit norm or zero where all are unknown."""
    # The pieces of numbers mean nothing: 2019 is not nearly 2020.
    forms = [(row, word, n) for row, term in enumerate(terms) for word, n in term.items() if word.isalpha()]
    means = np.zeros((len(terms), lexicon.dimension), dtype=np.float32)
    if forms:
        rows, words, counts = zip(*forms, strict=True)
        weighted = np.array(counts, dtype=np.float32)[:, None] * lexicon.vectors(words)
        np.add.at(means, np.array(rows), weighted)
    norms = np.linalg.norm(means, axis=1, keepdims=True)
    means /= np.where(norms > 0, norms, 1)
    return means


class Vocabulary:
    """The terms of one field and the index of their vectors, if any; a term's id is its place.

    Raises:
        ValueError: there are more of the ones than of the others.

    """

    def __init__(self, terms: Sequence[str], vectors: Any = None) -> None:  # noqa: ANN401 - faiss has no types
        if vectors is not None and len(terms) != vectors.ntotal:
            raise ValueError(f"{len(terms)} terms, {vectors.ntotal} vectors")
        self._terms = terms
        self.ids: dict[str, int] = {term: place for place, term in enumerate(terms)}
        self._vectors = vectors
        self._halves = None if vectors is None else halves(vectors)

    def nearest(self, vector: npt.NDArray[np.float32]) -> dict[str, float]:
        """Return the terms nearest to a vector (d,) with their cosines, best first."""
        if self._vectors is None:
            return {}
        stay_on_this_thread()
        cosines, places = self._vectors.search(vector[None, :], min(TRANSLATIONS, len(self._terms)))
        best = zip(places[0].tolist(), cosines[0].tolist(), strict=True)
        return {self._terms[place]: cosine for place, cosine in best if cosine >= NEAREST_AT_LEAST}

    def likeness(self, ids: Ids, vectors: Vectors) -> npt.NDArray[np.float32]:
        """Return how like these terms are to words of vectors (n, d): (len(ids), n), 0 to 1."""
        if self._halves is None or not vectors.size:
            return np.zeros((len(ids), len(vectors)), dtype=np.float32)
        known = self._halves[ids].astype(np.float32)
        likeness: Vectors = np.clip(known @ vectors.T, 0.0, 1.0)
        return likeness


class Held(NamedTuple):
    """The terms of some sentences: ids, one sentence after the other, and how many each has."""

    ids: Ids
    lengths: npt.NDArray[np.int64]


class Sentences(NamedTuple):
    """What some sentences hold: their terms, and the bits of the kinds of answers."""

    terms: Held
    kinds: npt.NDArray[np.uint8]

    def hold(self, kind: Kind | None) -> npt.NDArray[np.bool_]:
        """Return which sentences hold that kind of answer: all where none is asked for."""
        if kind is None:
            return np.ones(len(self.kinds), dtype=bool)
        held: npt.NDArray[np.bool_] = self.kinds & bit_of(kind) != 0
        return held


class SentenceTerms:
    """The ids of the terms of each sentence, and the kinds of answers it holds; memory-mapped.

    Raises:
        ValueError: the files do not fit together.
        OSError: a file cannot be read.

    """

    def __init__(self, folder: Path) -> None:
        # As plain arrays, still mapped: slicing a `memmap` costs ten times as much.
        self._terms: Ids = np.asarray(np.load(folder / TERMS, mmap_mode="r", allow_pickle=False))
        self._starts: npt.NDArray[np.int64] = np.asarray(
            np.load(folder / STARTS, mmap_mode="r", allow_pickle=False)
        )
        self._kinds = np.asarray(np.load(folder / KINDS, mmap_mode="r", allow_pickle=False))
        if len(self._starts) != len(self._kinds) + 1 or self._starts[-1] != len(self._terms):
            raise ValueError(f"{folder / TERMS}, {STARTS} and {KINDS} do not belong together")

    def of(self, sentences: Integers) -> Sentences:
        """Return what the sentences of these rows hold."""
        firsts = self._starts[sentences]
        lengths = self._starts[sentences + 1] - firsts
        return Sentences(Held(self._terms[rows_of(firsts, lengths)], lengths), self._kinds[sentences])


def open_vocabularies(folder: Path, fields: Sequence[str]) -> dict[str, Vocabulary]:
    """Open the vocabulary of each field that holds any term.

    Raises:
        ValueError: the files do not fit together.
        OSError: a file cannot be read.

    """
    return {field: _open(folder, field) for field in fields if (folder / f"{field}.json").exists()}


def _open(folder: Path, field: str) -> Vocabulary:
    terms = json.loads((folder / f"{field}.json").read_text("utf-8"))
    path = folder / f"{field}.faiss"
    vectors = read_index(path) if path.exists() else None
    try:
        return Vocabulary(terms, vectors)
    except ValueError as error:
        raise ValueError(f"{folder / field}: {error}") from None
