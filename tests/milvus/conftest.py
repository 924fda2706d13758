"""The fixtures of `tests/rag` again, with the index in Milvus."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from embeddings import Encoder
from rag.indexing import build_index
from rag.location import location_of
from rag.retriever import Retriever
from rag.settings import Settings
from tests.conftest import SEEDS
from tests.library import Library, new_library
from tests.milvus.engine import Engine, running
from tests.rag.conftest import Ibid, LibraryIn, ibid

__all__ = ["Ibid", "ibid"]


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running(tmp_path_factory.mktemp("milvus")) as engine:
        yield engine


@pytest.fixture(scope="session")
def library_in(engine: Engine) -> LibraryIn:
    """Return what makes a library whose index lies in Milvus, under a name of its own."""
    numbers = count()
    return lambda folder: new_library(folder, engine.address(f"library_{next(numbers)}"))


@pytest.fixture
def library(tmp_path: Path, library_in: LibraryIn) -> Library:
    """Return an empty folder of articles, not indexed yet."""
    return library_in(tmp_path)


@pytest.fixture(scope="session")
def seeds_retriever(
    tmp_path_factory: pytest.TempPathFactory, engine: Engine, encoder: Encoder
) -> Iterator[Retriever]:
    settings = Settings(data=tmp_path_factory.mktemp("seeds-milvus"), index=engine.address("seeds"))
    build_index([SEEDS / "articles"], settings, encoder)
    snapshot = location_of(settings).open(encoder)
    yield Retriever(snapshot, encoder)
    snapshot.close()
