"""No test reaches the network or sees the settings of whoever runs it; an index of the given articles."""

import ipaddress
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# Before the first import of a library that reads it: no model is looked up on the hub.
os.environ["HF_HUB_OFFLINE"] = "1"
# Else every process that a test starts would compile Ibid again, which is a quarter of the start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
for _name in [name for name in os.environ if name.startswith("IBID_")]:
    del os.environ[_name]

from embeddings import Encoder, load_encoder  # noqa: E402
from rag.indexing import build_index  # noqa: E402
from rag.retriever import Retriever  # noqa: E402
from rag.settings import Settings  # noqa: E402
from rag.snapshot import Snapshot, open_current  # noqa: E402

SEEDS = Path(__file__).parents[1] / "seeds"

# The same examples on every run; `--hypothesis-profile=long` looks further.
hypothesis_settings.register_profile(
    "ibid",
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.register_profile(
    "long", parent=hypothesis_settings.get_profile("ibid"), max_examples=2000
)
hypothesis_settings.load_profile("ibid")

CALLS = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname")
_refused: list[str] = []


class NetworkRefused(OSError):
    """A test tried to leave this machine."""


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in CALLS:
        return
    # A look-up is told a name; the others a socket and its peer, which is a path on this machine or a pair.
    peer = arguments[1] if len(arguments) > 1 and not event.startswith("socket.get") else arguments[:1]
    if isinstance(peer, tuple) and not _is_loopback(peer[0]):
        _refused.append(f"{event} {peer[0]!r}")
        raise NetworkRefused(f"{event} to {peer[0]!r}: tests reach nothing but this machine")


def _is_loopback(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False


# An audit hook sees what every Python library does with sockets, and cannot be worked round.
sys.addaudithook(_refuse_network)


@pytest.fixture(autouse=True)
def refused_connections() -> Iterator[list[str]]:
    """Fail a test that tried to reach the network, even where the code swallowed the refusal."""
    _refused.clear()
    yield _refused
    assert not _refused, f"the network was asked for: {_refused}"


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """Return the model that comes with Ibid."""
    return load_encoder("bundled")


@pytest.fixture(scope="session")
def seeds_data(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """Return a data folder that holds the index of the given articles; not to be changed."""
    data = tmp_path_factory.mktemp("seeds-data")
    build_index([SEEDS / "articles"], Settings(data=data), encoder)
    return data


@pytest.fixture(scope="session")
def seeds_snapshot(seeds_data: Path, encoder: Encoder) -> Iterator[Snapshot]:
    snapshot = open_current(seeds_data, encoder)
    yield snapshot
    snapshot.close()


@pytest.fixture(scope="session")
def seeds_retriever(seeds_snapshot: Snapshot, encoder: Encoder) -> Retriever:
    return Retriever(seeds_snapshot, encoder)
