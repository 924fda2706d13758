"""A language model behind an OpenAI-compatible address (Ollama, vLLM, llama.cpp, any provider).

The model's words are data to be checked, the address an unreliable partner: bounded in time and
size, redirects not followed, proxies of the environment not used.
"""

import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from rag.errors import EndpointFailed
from rag.settings import Settings

if TYPE_CHECKING:
    import httpx

# A page of prose is about 3,000 characters; several times that is a model that does not stop.
LONGEST_ANSWER = 20_000
LONGEST_LINE = 1_000_000  # bytes of one event: a whole answer of an endpoint that does not stream
MOST_TOKENS = 800  # asked for: a page of prose; citing more would be retelling
# Whole seconds for an answer, in silences allowed: also one that trickles in comes to an end.
SILENCES = 4
DONE = "[DONE]"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what the model is given."""

    role: Literal["system", "user", "assistant"]
    content: str


class Endpoint:
    """Asks one model. Safe to share; holds no connection between answers."""

    def __init__(self, url: str, model: str, key: str | None, patience: float) -> None:
        self._url = url.rstrip("/") + "/chat/completions"
        self._model = model
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        self._patience = patience

    async def stream(self, messages: Sequence[Message]) -> AsyncIterator[str]:
        """Yield the model's words as they come.

        Raises:
            EndpointFailed: it cannot be reached, refuses, is silent, breaks off or sends something else.

        """
        import httpx  # a tenth of a server's start, for the few that have a language model

        size, ends = 0, time.monotonic() + self._patience * SILENCES
        timeout = httpx.Timeout(self._patience)
        try:
            async with (
                httpx.AsyncClient(timeout=timeout, trust_env=False) as client,
                client.stream("POST", self._url, json=self._asked(messages), headers=self._headers) as reply,
            ):
                async for words in _words_of(reply):
                    size += len(words)
                    if size > LONGEST_ANSWER or time.monotonic() > ends:
                        raise EndpointFailed("the language model does not come to an end")
                    yield words
        except httpx.TimeoutException:
            raise EndpointFailed(f"the language model said nothing for {self._patience:g} s") from None
        except httpx.RemoteProtocolError:
            raise EndpointFailed("the language model broke off") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            raise EndpointFailed("the language model cannot be reached", "check llm_url") from None

    async def complete(self, messages: Sequence[Message]) -> str:
        """Return the model's whole answer. Raises EndpointFailed."""
        return "".join([words async for words in self.stream(messages)])

    def _asked(self, messages: Sequence[Message]) -> dict[str, object]:
        given = [{"role": message.role, "content": message.content} for message in messages]
        asked = {"model": self._model, "messages": given, "stream": True}
        return asked | {"temperature": 0, "max_tokens": MOST_TOKENS}


def endpoint_of(settings: Settings) -> Endpoint | None:
    """Return the model named in the settings; None where none is."""
    if settings.llm_url is None:
        return None
    key = settings.llm_key.get_secret_value() if settings.llm_key else None
    return Endpoint(settings.llm_url, settings.llm_model, key, settings.llm_patience_seconds)


async def _words_of(reply: "httpx.Response") -> AsyncIterator[str]:
    if reply.status_code != 200:
        raise EndpointFailed(
            f"the language model answered with status {reply.status_code}", "check llm_url, llm_key"
        )
    if reply.headers.get("content-type", "").partition(";")[0].strip() == "application/json":
        whole = b"".join([line async for line in _lines_of(reply)])
        yield _content(_choice(whole.decode("utf-8", "replace")), "message")
        return
    finished = False
    async for line in _lines_of(reply):
        data = line.decode("utf-8", "replace").removeprefix("data:").strip()
        if not line.startswith(b"data:"):
            continue
        if data == DONE:
            return
        choice = _choice(data)
        finished = finished or choice.get("finish_reason") is not None
        yield _content(choice, "delta")
    if not finished:
        raise EndpointFailed("the language model broke off")


async def _lines_of(reply: "httpx.Response") -> AsyncIterator[bytes]:
    """Yield lines, split at line feeds only: JSON may hold the other separators as they are."""
    rest = b""
    async for part in reply.aiter_bytes():
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            yield line
        if len(rest) > LONGEST_LINE:
            raise EndpointFailed("the language model does not come to an end")
    if rest:
        yield rest


def _choice(data: str) -> Mapping[str, Any]:
    """Return the first choice; an event without one (figures of use) is an empty choice."""
    try:
        sent = json.loads(data)
        choices = sent["choices"]
        choice = choices[0] if choices else {}
        if not isinstance(choice, dict):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise EndpointFailed("the language model sent what is no chat completion") from None
    return choice


def _content(choice: Mapping[str, Any], holder: str) -> str:
    held = choice.get(holder) or {}
    content = held.get("content") if isinstance(held, dict) else None
    # Half of a surrogate pair may be escaped in JSON, and could not be sent on.
    return content.encode("utf-8", "replace").decode("utf-8") if isinstance(content, str) else ""
