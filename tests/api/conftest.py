"""A real index of the five given articles, and real server processes asked over a socket."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from embeddings import load_encoder
from embeddings.encoder import Encoder
from rag.indexing import build_index
from rag.settings import load_settings

ARTICLES = Path(__file__).parents[2] / "seeds" / "articles"
SERVE = "from api.server import run; from rag.settings import load_settings; run(load_settings())"
START_SECONDS = 30.0
MANY = "1000000"  # requests a minute: the limit has a test of its own


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process and what it has written to stderr."""

    address: str
    process: subprocess.Popen[str]
    log: Path

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def client(self, **options: object) -> httpx.Client:
        return httpx.Client(base_url=self.address, timeout=20, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder(load_settings().model)


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """Return a data folder that holds the index of the given articles; not to be changed."""
    data = tmp_path_factory.mktemp("data")
    build_index([ARTICLES], load_settings(data=data), encoder)
    return data


@pytest.fixture
def own_data(indexed: Path, tmp_path: Path) -> Path:
    """Return a copy of the index that a test may change."""
    return Path(shutil.copytree(indexed, tmp_path / "data"))


@contextmanager
def serving(data: Path, folder: Path, **environment: str) -> Iterator[Server]:
    """Run a server process on a free port until the block ends."""
    log = folder / "stderr.jsonl"
    given = {"IBID_DATA": str(data), "IBID_PORT": "0", "IBID_RATE_LIMIT_PER_MINUTE": MANY, **environment}
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE],
            cwd=Path(__file__).parents[2],
            env={**os.environ, **given},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        with process:
            assert process.stdout
            words = process.stdout.readline().split()
            assert words, log.read_text()
            try:
                yield Server(words[-1], process, log)
            finally:
                process.terminate()


@pytest.fixture(scope="session")
def server(indexed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(indexed, tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="session")
def http(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def eventually(holds: Callable[[], bool], seconds: float = START_SECONDS) -> bool:
    """Wait until something holds, at most so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return holds()
