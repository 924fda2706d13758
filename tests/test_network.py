"""The guard of the tests themselves: nothing but this machine can be reached."""

import socket
import urllib.error
import urllib.request

import pytest


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
