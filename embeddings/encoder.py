"""The one thing Ibid asks of a model: unit vectors for queries and for passages."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


@runtime_checkable
class Encoder(Protocol):
    """A text encoder. Any object with these members fits; there is no base class.

    Attributes:
        name: what a reader calls the model ("bundled", a hub id, a path).
        fingerprint: hexadecimal digest over weights, tokenizer and prefixes: equal
            fingerprints mean equal vectors, so caches and indexes are keyed by it.
        dimension: length of every vector.
        languages: ISO 639-1 codes the model was made for; empty where unknown.

    """

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def languages(self) -> tuple[str, ...]: ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions: (len(texts), dimension) float32, rows of unit norm."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode passages: (len(texts), dimension) float32, rows of unit norm."""
        ...
