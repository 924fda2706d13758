"""The vocabulary of an index: its terms by language, each with a vector of the model's lexicon.

Through it a question finds words it does not hold: "agreement" finds "accord". Only terms of
the index itself are offered, so every translation is one that stands in some article.
After Darwish and Oard, "Probabilistic Structured Query Methods" (SIGIR 2003).
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings import Lexicon
from rag.lexical import term_of, words_of

# A translation less close is noise; chosen on the development half, see Decisions.
NEAREST_AT_LEAST = 0.4
TRANSLATIONS = 6


def write_vocabulary(folder: Path, lexicon: Lexicon, texts: Iterable[tuple[str, str]]) -> None:
    """Write the terms of all texts, given with their field, into an empty folder.

    A term's vector is the mean of those of the words it stands for, each as often as it occurs.

    Raises:
        OSError: the folder cannot be written.

    """
    forms: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for field, text in texts:
        for word in words_of(text):
            if (term := term_of(word, field)) is not None and word.isalpha():
                forms[field][term][word.lower()] += 1
    for field, terms in forms.items():
        (folder / f"{field}.json").write_text(json.dumps(list(terms), ensure_ascii=False), "utf-8")
        vectors = np.stack([_mean(lexicon, words) for words in terms.values()])
        np.save(folder / f"{field}.npy", vectors.astype(np.float16), allow_pickle=False)


def _mean(lexicon: Lexicon, words: Counter[str]) -> npt.NDArray[np.float32]:
    weighted = np.array(list(words.values()), dtype=np.float32) @ lexicon.vectors(list(words))
    norm = np.linalg.norm(weighted)
    return np.asarray(weighted / norm if norm else weighted, dtype=np.float32)


class Vocabulary:
    """The terms of one field and their vectors.

    Raises:
        ValueError: the files do not fit together.
        OSError: a file cannot be read.

    """

    def __init__(self, folder: Path, field: str) -> None:
        self._terms: list[str] = json.loads((folder / f"{field}.json").read_text("utf-8"))
        self._vectors = np.load(folder / f"{field}.npy", allow_pickle=False).astype(np.float32)
        if len(self._terms) != len(self._vectors):
            raise ValueError(f"{folder / field}: {len(self._terms)} terms, {len(self._vectors)} vectors")

    def nearest(self, vector: npt.NDArray[np.float32]) -> dict[str, float]:
        """Return the terms nearest to a vector (d,) with their cosines, best first."""
        cosines = self._vectors @ vector
        near = np.flatnonzero(cosines >= NEAREST_AT_LEAST)
        best = near[np.argsort(-cosines[near], kind="stable")][:TRANSLATIONS]
        return {self._terms[place]: float(cosines[place]) for place in best}


def open_vocabularies(folder: Path, fields: Sequence[str]) -> dict[str, Vocabulary]:
    """Open the vocabulary of each field; none where the index was made without a lexicon."""
    return {field: Vocabulary(folder, field) for field in fields if (folder / f"{field}.json").exists()}
