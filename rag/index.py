"""What answering asks of an index, wherever it lies: on this machine's disk or in Milvus."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from embeddings import Vectors
from rag.documents import Document
from rag.filters import Filters
from rag.manifest import Manifest
from rag.passages import Passage
from rag.query import Alternatives, TermStatistics
from rag.store import Place
from rag.vocabulary import Sentences, Vocabulary


class Index(Protocol):
    """One state of an index, opened for reading; it never changes. Safe to share between threads."""

    manifest: Manifest
    vocabularies: Mapping[str, Vocabulary]

    @property
    def id(self) -> str:
        """Return the digest of articles, settings and model."""
        ...

    @property
    def place(self) -> str:
        """Return where it lies, for messages."""
        ...

    @property
    def terms(self) -> TermStatistics:
        """Return what is known of the terms of each field."""
        ...

    def search(
        self,
        vector: Vectors,
        terms: Alternatives,
        depth: int,
        filters: Filters,
        include_boilerplate: bool,
    ) -> list[int]:
        """Return the sorted ordinals of the passages that satisfy the filters and may answer.

        They are the `depth` nearest to a vector (d,) and the `depth` best by their words.
        """
        ...

    def cosines(self, vector: Vectors, ordinals: Sequence[int]) -> npt.NDArray[np.float32]:
        """Return the cosine of a vector (d,) with each of these passages."""
        ...

    def places_of(self, ordinals: Sequence[int]) -> list[Place]:
        """Return where each of these passages, given in order, stands."""
        ...

    def sentences_of(self, places: Sequence[Place]) -> Sentences:
        """Return what the sentences of these passages hold, one passage after the other."""
        ...

    def passage(self, ordinal: int) -> Passage:
        """Return a passage by its ordinal."""
        ...

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return the passages of a document: the body's in reading order, then those set aside."""
        ...

    def document(self, document_id: str) -> Document | None:
        """Return a document by id."""
        ...

    def documents(self, offset: int = 0, limit: int = 50) -> list[Document]:
        """Return documents ordered by source."""
        ...

    def matching(self, filters: Filters) -> int:
        """Return how many articles satisfy the filters."""
        ...

    def originals(self) -> dict[int, int]:
        """Return for the row of each article that has copies, or is one, the row of the original."""
        ...

    def copies_of(self, document_id: str) -> list[Document]:
        """Return the other articles that say the same, the oldest first, undated ones last."""
        ...

    def facets(self) -> dict[str, list[str]]:
        """Return the values of outlet and language present, sorted."""
        ...

    def close(self) -> None:
        """Let go of what it holds open."""
        ...
