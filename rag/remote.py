"""A running service, asked over HTTP: what `rag.Ibid` does with an address."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx

from rag.errors import BadConfiguration, BadData, IbidError

PATIENCE = 30.0  # seconds of silence: a question takes milliseconds, a full queue seconds
Json = dict[str, Any]
EVENT, DATA = b"event: ", b"data: "
MISSING = "/docs#not-found"  # the type of the problem that says so


class Remote:
    """A service by its address.

    Raises:
        BadData: it refuses what was asked.
        BadConfiguration: it wants an API key, or another one; the address is none.
        IbidError: it cannot be reached, cannot answer now, or is no Ibid.

    """

    def __init__(self, url: str, key: str | None) -> None:
        given = f"Bearer {key}".encode("utf-8", "surrogatepass")  # as a shell gives it to `sha256sum`
        headers = {b"authorization": given} if key else {}
        with _failures(url):
            self._http = httpx.Client(base_url=url, headers=headers, timeout=PATIENCE, trust_env=False)
        self._url = url

    def ask(self, asked: Mapping[str, object]) -> Json:
        """Return the reply to a question."""
        with _failures(self._url):
            return _object(self._http.post("/v1/ask", **_body(asked)), "passages")

    def document(self, document_id: str) -> Json | None:
        """Return an article; None where there is none."""
        return self._read("documents", document_id, "text")

    def citation(self, citation_id: str) -> Json | None:
        """Return the state of a citation; None for what is no citation id."""
        return self._read("citations", citation_id, "state")

    def tell(self, asked: Mapping[str, object]) -> Iterator[tuple[str, Json]]:
        """Yield the events of an answer in prose; the service itself bounds the wait for the next."""
        with (
            _failures(self._url),
            self._http.stream("POST", "/v1/ask/stream", **_body(asked), timeout=None) as reply,
        ):
            if reply.is_error:
                reply.read()
            if not _kind(_checked(reply)).startswith("text/event-stream"):
                raise _Foreign(reply)
            name = ""
            for line in _lines(reply):
                if line.startswith(EVENT):
                    name = line.removeprefix(EVENT).decode()
                elif line.startswith(DATA):
                    yield name, json.loads(line.removeprefix(DATA))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _read(self, kind: str, identity: str, member: str) -> Json | None:
        # No id holds a lone surrogate, nor what stands for it.
        path = f"/v1/{kind}/{quote(identity, safe='', errors='replace')}"
        with _failures(self._url):
            reply = self._http.get(path)
            return None if _problem(reply).get("type") == MISSING else _object(reply, member)


def _body(asked: Mapping[str, object]) -> dict[str, Any]:
    """Return what is asked as httpx sends it. Raises BadData for a lone surrogate, which no UTF-8 holds."""
    try:
        content = json.dumps(asked, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadData("what is asked is not valid Unicode", "send it as UTF-8") from None
    return {"content": content, "headers": {"content-type": "application/json"}}


def _checked(reply: httpx.Response) -> httpx.Response:
    """Return a reply that is an answer; raise what its problem (RFC 9457) says."""
    if not reply.is_error:
        return reply
    problem, status = _problem(reply), reply.status_code
    detail = str(problem.get("detail", f"status {status}"))
    if status == 401:
        raise BadConfiguration(detail, "give the API key: Ibid(url, key=…)")
    if status >= 500 or status == 429:
        raise IbidError(detail, "try again later")
    if not problem:  # a proxy knows nothing at this address, or lets nobody through
        raise _Foreign(reply)
    raise BadData(detail)


def _problem(reply: httpx.Response) -> Json:
    """Return the problem (RFC 9457) that a reply is; empty where it is none."""
    if not reply.is_error:
        return {}
    try:
        sent = reply.json()
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) and "detail" in sent else {}


def _object(reply: httpx.Response, member: str) -> Json:
    """Return a reply that is an answer with such a member."""
    _checked(reply)
    try:
        sent = reply.json()
    except ValueError:
        raise _Foreign(reply) from None
    if not isinstance(sent, dict) or member not in sent:
        raise _Foreign(reply)
    return sent


def _kind(reply: httpx.Response) -> str:
    return str(reply.headers.get("content-type", "no content type"))


class _Foreign(Exception):
    """A reply that Ibid does not send: the login page of a proxy, another service."""

    def __init__(self, reply: httpx.Response) -> None:
        super().__init__(f"status {reply.status_code}, {_kind(reply)}")


@contextmanager
def _failures(url: str) -> Iterator[None]:
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise BadConfiguration(f"{url!r} is no address ({error})", "such as http://127.0.0.1:8000") from None
    except _Foreign as reply:
        raise IbidError(
            f"{url} does not answer as Ibid does ({reply})", "is it the address of `ibid serve`, or a proxy?"
        ) from None
    except httpx.HTTPError as error:
        raise IbidError(
            f"{url} does not answer ({type(error).__name__})", "is `ibid serve` running?"
        ) from None


def _lines(reply: httpx.Response) -> Iterator[bytes]:
    """Yield lines, split at line feeds only: JSON may hold the other separators as they are."""
    rest = b""
    for part in reply.iter_bytes():
        *lines, rest = (rest + part).split(b"\n")
        yield from lines
