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


class Remote:
    """A service by its address.

    Raises:
        BadData: it refuses what was asked.
        BadConfiguration: it wants an API key, or another one; the address is none.
        IbidError: it cannot be reached, cannot answer now, or is no Ibid.

    """

    def __init__(self, url: str, key: str | None) -> None:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        with _failures(url):
            self._http = httpx.Client(base_url=url, headers=headers, timeout=PATIENCE, trust_env=False)
        self._url = url

    def ask(self, asked: Mapping[str, object]) -> Json:
        """Return the reply to a question."""
        with _failures(self._url):
            return _object(self._http.post("/v1/ask", json=asked), "passages")

    def document(self, document_id: str) -> Json | None:
        """Return an article; None where there is none."""
        return self._read(f"/v1/documents/{quote(document_id, safe='')}", "text")

    def citation(self, citation_id: str) -> Json | None:
        """Return the state of a citation; None for what is no citation id."""
        return self._read(f"/v1/citations/{quote(citation_id, safe='')}", "state")

    def tell(self, asked: Mapping[str, object]) -> Iterator[tuple[str, Json]]:
        """Yield the events of an answer in prose; the service itself bounds the wait for the next."""
        with (
            _failures(self._url),
            self._http.stream("POST", "/v1/ask/stream", json=asked, timeout=None) as reply,
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

    def _read(self, path: str, member: str) -> Json | None:
        with _failures(self._url):
            reply = self._http.get(path)
            return None if reply.status_code == 404 else _object(reply, member)


def _checked(reply: httpx.Response) -> httpx.Response:
    """Return a reply that is an answer; raise what its problem (RFC 9457) says."""
    if not reply.is_error:
        return reply
    try:
        detail = str(reply.json()["detail"])
    except (ValueError, KeyError, TypeError):
        detail = f"status {reply.status_code}"
    if reply.status_code == 401:
        raise BadConfiguration(detail, "give the API key: Ibid(url, key=…)")
    if reply.status_code < 500 and reply.status_code != 429:
        raise BadData(detail)
    raise IbidError(detail, "try again later")


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
    except httpx.InvalidURL as error:
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
