"""Nothing but this machine is reached: by the tests, or by what Ibid stands on."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

EMBED = "from embeddings import load_encoder; load_encoder('bundled').encode_queries(['Qui ?'])"


@pytest.mark.parametrize("address", ["192.0.2.1", "8.8.8.8", "0.0.0.0"])
def test_a_connection_beyond_this_machine_is_refused_and_noted(
    address: str, refused_connections: list[str]
) -> None:
    with socket.socket() as connection, pytest.raises(OSError, match="tests reach nothing but this machine"):
        connection.connect((address, 80))
    assert len(refused_connections) == 1
    refused_connections.clear()


def test_a_name_is_not_even_looked_up(refused_connections: list[str]) -> None:
    with pytest.raises(urllib.error.URLError, match="tests reach nothing but this machine"):
        urllib.request.urlopen("http://example.org", timeout=1)
    assert refused_connections == ["socket.getaddrinfo 'example.org'"]
    refused_connections.clear()


def test_a_datagram_is_refused(refused_connections: list[str]) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender, pytest.raises(OSError, match="tests reach nothing"):
        sender.sendto(b"?", ("192.0.2.1", 53))
    refused_connections.clear()


def test_this_machine_can_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        client.sendall(b"hello")
        connection, _ = server.accept()
        with connection:
            assert connection.recv(5) == b"hello"


@pytest.fixture
def at_home(tmp_path: Path) -> dict[str, str]:
    """Return the environment of someone at a desk: libraries that see a test machine keep still."""
    machine = ("CI", "GITHUB_ACTIONS", "TF_BUILD", "JENKINS_URL")
    kept = {name: value for name, value in os.environ.items() if name not in machine}
    return {**kept, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}


def test_no_library_notes_what_it_ran(at_home: dict[str, str], tmp_path: Path) -> None:
    """What reports to its maker begins with a file of its own; the report follows half a minute later."""
    subprocess.run([sys.executable, "-c", EMBED], env=at_home, check=True)
    assert list(tmp_path.rglob("*")) == []
