"""What surrounds every reply: request id, security headers, last-resort errors, log and metrics."""

import re
import uuid
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import ACCESS, SERVICE
from api.metrics import Metrics
from api.problems import Problem
from api.security import HEADERS, Guard

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id_of(request: Request) -> str:
    """Return the id of this request, as in the reply's X-Request-ID."""
    return str(request.scope["ibid.request_id"])


class Envelope:
    """The outermost layer: nothing leaves without its headers, nothing fails without a problem reply."""

    def __init__(self, app: ASGIApp, guard: Guard, metrics: Metrics) -> None:
        self.app = app
        self.guard = guard
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["ibid.request_id"] = _request_id(scope)
        if scope["method"] == "HEAD":
            # Answered as GET; the server itself leaves the body out.
            scope = {**scope, "method": "GET"}
        exchange = _Exchange(scope, send)
        try:
            self.guard.check(scope)
            await self.app(scope, receive, exchange.send)
        except Problem as problem:
            await exchange.refuse(problem, receive)
        except Exception:
            SERVICE.exception("failure", extra={"fields": {"request_id": scope["ibid.request_id"]}})
            await exchange.refuse(Problem("internal", "Please report it with the request id."), receive)
        finally:
            exchange.record(self.metrics)


class _Exchange:
    """One request on its way: adds our headers to the reply and remembers its status."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self._send = send
        self._started = perf_counter()
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self.scope["ibid.request_id"]
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)

    async def refuse(self, problem: Problem, receive: Receive) -> None:
        if not self.status:
            self.scope["ibid.problem"] = problem.slug
            await problem.response(self.scope["ibid.request_id"])(self.scope, receive, self.send)

    def record(self, metrics: Metrics) -> None:
        seconds = perf_counter() - self._started
        route = getattr(self.scope.get("route"), "path", "unmatched")
        method = self.scope["method"]
        metrics.count_request(route, method, self.status, seconds)
        if "ibid.problem" in self.scope:
            metrics.count_problem(self.scope["ibid.problem"])
        fields = {
            "request_id": self.scope["ibid.request_id"],
            "method": method,
            "route": route,
            "status": self.status,
            "ms": round(seconds * 1000, 2),
        }
        ACCESS.info("request", extra={"fields": fields})


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
