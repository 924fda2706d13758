"""What arrives on the socket before any route: framing, sizes, slow senders, hosts."""

import contextlib
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from api.protocol import ARRIVAL_SECONDS, MAX_CONNECTIONS, MAX_HEAD, READING_SECONDS
from api.security import MAX_ADDRESS, MAX_BODY
from tests.api.conftest import Server, eventually
from tests.api.problem_checks import assert_problem

ASK = b'{"question":"accord"}'


def exchange(server: Server, sent: bytes, wait: float = 5.0) -> httpx.Response:
    """Send bytes as they are and return the one reply, read until the server closes or is done."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as line:
        line.sendall(sent)
        return read_reply(line)


def read_reply(line: socket.socket) -> httpx.Response:
    received = b""
    while b"\r\n\r\n" not in received:
        part = line.recv(65536)
        assert part, received
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = httpx.Headers([tuple(each.split(": ", 1)) for each in lines])  # type: ignore[misc]
    while len(body) < int(headers["content-length"]):
        body += line.recv(65536)
    return httpx.Response(int(first.split()[1]), headers=headers, content=body)


def request(head: str, body: bytes = b"", host: str = "localhost") -> bytes:
    return f"{head} HTTP/1.1\r\nHost: {host}\r\n".encode() + body


def posted(headers: str, body: bytes) -> bytes:
    return request("POST /v1/ask", f"Content-Type: application/json\r\n{headers}\r\n".encode() + body)


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def test_a_chunked_question_is_answered(server: Server) -> None:
    assert exchange(server, posted("Transfer-Encoding: chunked\r\n", chunked(ASK))).status_code == 200


def test_a_chunked_body_over_the_limit_is_refused(server: Server) -> None:
    sent = posted("Transfer-Encoding: chunked\r\n", chunked(b" " * (MAX_BODY + 1)))
    assert_problem(exchange(server, sent), 413, "too-large")


def test_a_body_of_just_the_limit_is_read(server: Server) -> None:
    body = ASK + b" " * (MAX_BODY - len(ASK))
    assert exchange(server, posted(f"Content-Length: {MAX_BODY}\r\n", body)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: -1\r\n",
        "Content-Length: x\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        f"Content-Length: {len(ASK)}\r\nTransfer-Encoding: chunked\r\n",
        f"Transfer-Encoding: chunked\r\nContent-Length: {len(ASK)}\r\n",
        "Transfer-Encoding: xchunked\r\n",
    ],
)
def test_a_doubtful_length_is_refused(server: Server, headers: str) -> None:
    assert_problem(exchange(server, posted(headers, chunked(ASK))), 400, "bad-request")


def test_a_length_that_is_too_short_cuts_the_body(server: Server) -> None:
    assert_problem(exchange(server, posted("Content-Length: 5\r\n", ASK)), 400)


def test_slow_senders_and_readers_are_dropped(server: Server) -> None:
    beginnings = [
        b"",
        b"POST /v1/ask HT",
        request("GET /", b"X-Slow: a"),
        posted("Content-Length: 50\r\n", ASK),
    ]
    started = time.monotonic()
    with ThreadPoolExecutor(6) as pool:
        unread = pool.submit(_read_late, server, READING_SECONDS + 1)
        late = [pool.submit(exchange, server, sent, ARRIVAL_SECONDS + 5) for sent in beginnings]
        for reply in [*late, pool.submit(_send_empty_lines, server)]:
            assert_problem(reply.result(), 408, "timeout")
        assert unread.result() < _read_late(server, 0)
    assert time.monotonic() - started < 15


def _read_late(server: Server, seconds: float) -> int:
    """Ask for more than all buffers hold, read nothing for a while, then return how much comes."""
    ask = request("GET /docs", b"\r\n") * 199 + request("GET /docs", b"Connection: close\r\n\r\n")
    received = 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as line:
        line.sendall(ask)
        time.sleep(seconds)
        with contextlib.suppress(ConnectionError):
            while part := line.recv(1 << 20):
                received += len(part)
    return received


def _send_empty_lines(server: Server) -> httpx.Response:
    """Try to buy time: empty lines before a request are allowed by the protocol."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=ARRIVAL_SECONDS + 5) as line:
        end = time.monotonic() + ARRIVAL_SECONDS - 1
        while time.monotonic() < end:
            line.sendall(b"\r\n")
            time.sleep(1)
        return read_reply(line)


@pytest.mark.parametrize(
    "head",
    [b"X-Large: " + b"a" * 100_000, b"X: a\r\n" * 10_000, b"X" * 100_000 + b": a"],
    ids=["one", "many", "name"],
)
def test_huge_headers_are_refused(server: Server, head: bytes) -> None:
    assert_problem(exchange(server, request("GET /healthz", head + b"\r\n\r\n")), 431, "headers-too-large")


def test_headers_below_the_limit_are_read(server: Server) -> None:
    head = b"X-Large: " + b"a" * (MAX_HEAD - 200) + b"\r\n\r\n"
    assert exchange(server, request("GET /healthz", head)).status_code == 200


@pytest.mark.parametrize("query", ["a" * (MAX_ADDRESS + 1), "q=" + "%41" * 5000])
def test_a_long_address_is_refused(server: Server, query: str) -> None:
    assert_problem(exchange(server, request(f"GET /?{query}", b"\r\n")), 414, "address-too-long")


def test_a_huge_address_is_refused(server: Server) -> None:
    reply = exchange(server, request("GET /?" + "a" * 70_000, b"\r\n"))
    assert_problem(reply, 414, "address-too-long")


def test_what_is_refused_before_any_route_is_counted(server: Server, http: httpx.Client) -> None:
    def counted() -> int:
        lines = http.get("/metrics").text.splitlines()
        name = 'ibid_problems_total{problem="headers-too-large"} '
        return sum(int(float(line.removeprefix(name))) for line in lines if line.startswith(name))

    before = counted()
    exchange(server, request("GET /healthz", b"X: " + b"a" * 100_000 + b"\r\n\r\n"))
    assert counted() == before + 1


@pytest.mark.parametrize(
    ("address", "status", "slug"),
    [
        ("/v1/documents?cursor=%FF", 400, "utf-8-required"),
        ("/%FF", 400, "utf-8-required"),
        ("/v1/documents?cursor=%00", 422, "invalid-character"),
        ("/?q=%00", 422, "invalid-character"),
        ("/v1/documents?limit=1&limit=2", 422, "invalid-request"),
        ("/v1/documents?limit=1_0", 422, "invalid-request"),
        ("/v1/documents?limit=%2B5", 422, "invalid-request"),
        ("/v1/documents?limit=0", 422, "invalid-request"),
        ("/v1/documents?limit=101", 422, "invalid-request"),
        ("/v1/documents?limit=1e1", 422, "invalid-request"),
        ("/v1/documents?page=2", 422, "unknown-field"),
        ("/v1/documents/..%2f..%2fetc%2fpasswd", 404, "not-found"),
        ("/v1/documents/../../etc/passwd", 404, "not-found"),
        ("/v1/documents/0123456789abcde%00", 404, "not-found"),
        ("/v1/documents/0123456789abcdef", 404, "not-found"),
        ("/v1/documents/0123456789ABCDEF", 404, "not-found"),
        ("/static/..%2f..%2fapp.py", 404, "not-found"),
        ("/nothing", 404, "not-found"),
        ("/v1/ask/", 404, "not-found"),
        ("/v1/ask", 405, "method-not-allowed"),
    ],
)
def test_a_wrong_address_gives_a_problem(server: Server, address: str, status: int, slug: str) -> None:
    assert_problem(exchange(server, request(f"GET {address}", b"\r\n")), status, slug)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_another_method_is_refused_and_told_which_are_allowed(server: Server, method: str) -> None:
    reply = exchange(server, request(f"{method} /v1/ask", b"\r\n"))
    assert_problem(reply, 405, "method-not-allowed")
    assert reply.headers["allow"] == "POST"


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n"])
def test_what_is_not_http_gives_a_problem(server: Server, sent: bytes) -> None:
    assert_problem(exchange(server, sent), 400, "bad-request")


def test_a_missing_host_is_refused(server: Server) -> None:
    assert_problem(exchange(server, b"GET /healthz HTTP/1.1\r\n\r\n"), 400, "bad-request")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil:80", "[::2]", ""])
def test_a_foreign_host_name_is_refused(server: Server, host: str) -> None:
    assert_problem(exchange(server, request("GET /healthz", b"\r\n", host)), 400)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]", "[::1]:8000"])
def test_every_name_of_this_machine_is_served(server: Server, host: str) -> None:
    assert exchange(server, request("GET /healthz", b"\r\n", host)).status_code == 200


def test_another_site_may_not_read_replies(server: Server) -> None:
    headers = f"Origin: http://evil.example\r\nContent-Length: {len(ASK)}\r\n"
    reply = exchange(server, posted(headers, ASK))
    assert not [name for name in reply.headers if name.startswith("access-control-")]
    preflight = request("OPTIONS /v1/ask", b"Origin: http://evil.example\r\n\r\n")
    assert_problem(exchange(server, preflight), 405)


def test_a_form_of_another_site_is_refused(server: Server) -> None:
    sent = b"Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(ASK), ASK)
    assert_problem(exchange(server, request("POST /v1/ask", sent)), 415, "json-required")


def test_requests_on_one_connection_are_answered_in_order(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as line:
        for question in ("accord", "Maroc", "Luxembourg"):
            body = json.dumps({"question": question}).encode()
            line.sendall(posted(f"Content-Length: {len(body)}\r\n", body))
            assert read_reply(line).json()["question"] == question


def test_clients_that_leave_at_once_hold_the_queue_only_shortly(server: Server, http: httpx.Client) -> None:
    sent = posted(f"Content-Length: {len(ASK)}\r\n", ASK)
    for _ in range(100):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as line:
            line.sendall(sent)
    assert eventually(lambda: http.post("/v1/ask", json={"question": "accord"}).status_code == 200, 2)
    assert eventually(lambda: "\nibid_waiting 0.0\n" in http.get("/metrics").text)


def test_connections_are_bounded_and_the_place_of_a_closed_one_is_free(server: Server) -> None:
    with contextlib.ExitStack() as open_lines:
        for _ in range(MAX_CONNECTIONS):
            open_lines.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=5))
        assert_problem(exchange(server, b""), 503, "busy")
    assert eventually(lambda: exchange(server, request("GET /healthz", b"\r\n")).status_code == 200)
