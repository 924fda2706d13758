"""The HTTP connection: bounds in time and size, so that slow or huge requests cannot hold the server."""

import asyncio
import uuid
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.logs import ACCESS
from api.metrics import Metrics
from api.problems import MEDIA_TYPE, Problem
from api.security import HEADERS, MAX_ADDRESS

READING_SECONDS = 10.0  # for the next 64 kB of a reply
ARRIVAL_SECONDS = 10.0  # for a whole request of at most 64 kB: enough at 7 kB/s
MAX_HEAD = 32 * 1024  # bytes of request line and headers: four times what browsers send
MAX_CONNECTIONS = 512  # at once: half of the usual limit of 1,024 open files

UNREADABLE = Problem("bad-request", "This is not HTTP/1.1, or a header is malformed.")
TOO_LARGE = Problem("headers-too-large", f"At most {MAX_HEAD} bytes of address and headers.")
TOO_LONG = Problem("address-too-long", f"At most {MAX_ADDRESS} bytes; use POST /v1/ask.")
TOO_SLOW = Problem("timeout", f"A request must arrive within {ARRIVAL_SECONDS:.0f} s.")
TOO_MANY = Problem("busy", "Too many connections.", headers={"Retry-After": "1"})


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a deadline for each request and a limit for its head."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*args, **kwargs)
        self._metrics: Metrics = self.config.app.state.desk.metrics  # type: ignore[union-attr]
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._head = 0
        self._refusal = UNREADABLE

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock: a connection that says nothing is a slow one."""
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            self._refuse(TOO_MANY)
        self._start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._stop_clock()
        self._stop_waiting()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait for a reader who is slower than the reply, but not for ever."""
        self._stop_waiting()
        self._stalled = self.loop.call_later(READING_SECONDS, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        """Go on: the reader has caught up."""
        self._stop_waiting()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Feed the parser; refuse a head that grows without end."""
        if self.transport.is_closing():
            return
        if self._deadline is None and self._idle():
            self._start_clock()
        super().data_received(data)
        if self._head >= 0:
            self._head += len(data)
            if self._head > MAX_HEAD:
                self._refuse(self._oversize())

    def on_message_begin(self) -> None:
        """Start counting the head and the time of one request."""
        self._head = 0
        if self._deadline is None:
            self._start_clock()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Hand the request over, unless its head is too large."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > MAX_HEAD:
            self._refusal = self._oversize()
            raise ValueError  # makes the parser stop; send_400_response then sends the refusal
        self._head = -1
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Stop the clock: the request has arrived."""
        self._stop_clock()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser cannot read, as a problem."""
        self._refuse(self._refusal)

    def _oversize(self) -> Problem:
        return TOO_LONG if len(self.url) > MAX_ADDRESS else TOO_LARGE

    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _start_clock(self) -> None:
        self._deadline = self.loop.call_later(ARRIVAL_SECONDS, self._too_slow)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _stop_waiting(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _too_slow(self) -> None:
        self._deadline = None
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            self.transport.close()
        else:
            self._refuse(TOO_SLOW)

    def _refuse(self, problem: Problem) -> None:
        """Send a problem and close; the application never sees the request."""
        if self.transport.is_closing():
            return
        request_id = uuid.uuid4().hex
        fields = {"request_id": request_id, "problem": problem.slug, "status": problem.kind.status}
        ACCESS.info("refused", extra={"fields": fields})
        self._metrics.count_problem(problem.slug)
        body = problem.body(request_id)
        status = problem.kind.status
        headers = {
            "content-type": MEDIA_TYPE,
            "content-length": str(len(body)),
            "connection": "close",
            "x-request-id": request_id,
            **HEADERS,
            **problem.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        start = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        self.transport.write(f"{start}{lines}\r\n".encode() + body)
        self.transport.close()
