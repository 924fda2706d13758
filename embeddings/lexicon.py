"""A lexicon: one vector for each word, close to those of its translations and synonyms.

The vectors are the bundled model's static ones, learned before its transformer: a word's is
the mean of its pieces'. They need no inference, so whole vocabularies can be compared.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from embeddings.encoder import Vectors
from embeddings.errors import ModelDamaged

FILE = "static.npy"


class Lexicon:
    """Word vectors from `static.npy`, int8 (pieces, d), row i for token i of the tokenizer.

    Attributes:
        dimension: d.
        languages: ISO 639-1 codes of those whose words it knows.

    Raises:
        ModelDamaged: the file is not such a matrix.

    """

    def __init__(self, path: Path, tokenizer: Tokenizer, languages: Sequence[str]) -> None:
        try:
            self._pieces: npt.NDArray[np.int8] = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise ModelDamaged(f"{path} cannot be read ({error})", "install the model again") from None
        if self._pieces.dtype != np.int8 or self._pieces.shape[:1] != (tokenizer.get_vocab_size(),):
            shape = f"{self._pieces.dtype} {self._pieces.shape}"
            raise ModelDamaged(f"{path} holds {shape}, not one int8 row per token", "install the model again")
        self._tokenizer = tokenizer
        self.dimension: int = self._pieces.shape[1]
        self.languages = tuple(languages)

    def vectors(self, words: Sequence[str]) -> Vectors:
        """Return the vector of each word, (len(words), d) float32, unit norm or zero where unknown."""
        pieces = [one.ids for one in self._tokenizer.encode_batch(list(words), add_special_tokens=False)]
        vectors = np.zeros((len(words), self._pieces.shape[1]), dtype=np.float32)
        lengths = np.array([len(ids) for ids in pieces], dtype=np.int64)
        if (known := np.flatnonzero(lengths)).size:
            starts = np.cumsum(lengths[known]) - lengths[known]
            found = self._pieces[[piece for ids in pieces for piece in ids]].astype(np.float32)
            vectors[known] = np.add.reduceat(found, starts) / lengths[known, None]
        norms = np.linalg.norm(vectors, axis=1, keepdims=True).astype(np.float32)
        vectors /= np.where(norms > 0, norms, 1)
        return vectors
