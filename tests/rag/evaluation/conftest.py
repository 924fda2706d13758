"""A real index over the seed articles, asked through a small real encoder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.indexing import build_index
from rag.retriever import Retriever
from rag.settings import Settings
from rag.snapshot import Snapshot, open_current
from tests.letters import LetterEncoder

ENCODER = LetterEncoder(dimension=256, languages=("en", "fr"))


@pytest.fixture(scope="session")
def seeds() -> Path:
    return Path(__file__).parents[3] / "seeds"


@pytest.fixture(scope="session")
def snapshot(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    data = tmp_path_factory.mktemp("data")
    build_index([seeds / "articles"], Settings(data=data), ENCODER)
    opened = open_current(data, ENCODER)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def retriever(snapshot: Snapshot) -> Retriever:
    return Retriever(snapshot, ENCODER)
