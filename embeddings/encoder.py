"""The one thing Ibid asks of a model: unit vectors for queries and for passages."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from embeddings.lexicon import Lexicon

Vectors = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]


@runtime_checkable
class Encoder(Protocol):
    """A text encoder. Any object with these members fits; there is no base class."""

    @property
    def name(self) -> str:
        """What a reader calls the model: "bundled", a hub id, a path."""
        ...

    @property
    def fingerprint(self) -> str:
        """Digest over weights, tokenizer and prefixes, hexadecimal: equal ones mean equal vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """ISO 639-1 codes of the languages the model was made for; empty where unknown."""
        ...

    @property
    def prefixes(self) -> tuple[str, str]:
        """What the model puts before questions and before passages."""
        ...

    @property
    def lexicon(self) -> "Lexicon | None":
        """Word vectors across languages, None where the model brings none."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions: (len(texts), dimension) float32, rows of unit norm."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode passages: (len(texts), dimension) float32, rows of unit norm."""
        ...
