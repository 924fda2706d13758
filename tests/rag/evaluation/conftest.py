"""A real index over the seed articles, asked through a small real encoder."""

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from embeddings import Vectors
from rag.indexing import build_index
from rag.retriever import Retriever
from rag.settings import Settings
from rag.snapshot import Snapshot, open_current


class LetterEncoder:
    """Encode a text by its groups of four letters: no weights, but alike texts get alike vectors."""

    name = "letters"
    fingerprint = "letters-4-256"
    dimension = 256
    languages = ("en", "fr")

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            padded = f" {text.lower()} ".encode()
            for start in range(max(1, len(padded) - 3)):
                vectors[row, zlib.crc32(padded[start : start + 4]) % self.dimension] += 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


@pytest.fixture(scope="session")
def seeds() -> Path:
    return Path(__file__).parents[3] / "seeds"


@pytest.fixture(scope="session")
def snapshot(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    data = tmp_path_factory.mktemp("data")
    encoder = LetterEncoder()
    build_index([seeds / "articles"], Settings(data=data), encoder)
    opened = open_current(data, encoder)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def retriever(snapshot: Snapshot) -> Retriever:
    return Retriever(snapshot, LetterEncoder())
