"""Asking for prose: passages first, then each sentence that they support."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.body import body_of, read_json
from api.desk import client_of, desk_of
from api.logs import SERVICE
from api.problems import documented
from api.requests import AskRequest, TellRequest
from embeddings import Lexicon
from rag.prose.composing import compose
from rag.prose.endpoint import Endpoint
from rag.prose.follow_up import Rewritten, rewrite
from rag.prose.sentence import Ending, Sentence
from rag.records import Reply

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Telling:
    """What prose is made of: the reply (its JSON), how the question was understood, the model."""

    reply: dict[str, Any]
    rewritten: Rewritten | None
    endpoint: Endpoint | None
    lexicon: Lexicon | None

    async def prose(self) -> AsyncIterator[Sentence | Ending]:
        """Yield the sentences that may be shown, then the ending."""
        async for part in compose(Reply.of(self.reply), self.endpoint, self.lexicon):
            if isinstance(part, Ending):
                SERVICE.info("prose", extra={"fields": asdict(part)})
            yield part


async def telling(request: Request, asked: TellRequest) -> Telling:
    """Understand the question and answer it with passages. Raises Problem 429 or 503."""
    desk, endpoint = desk_of(request), endpoint_of_app(request)
    rewritten = await rewrite(asked.question, asked.earlier, endpoint)
    plain = {name: getattr(asked, name) for name in AskRequest.model_fields}
    question = AskRequest(**plain | {"question": rewritten.question})
    reply = await desk.ask(question, client_of(request))
    lexicon = desk.live.retriever.lexicon if desk.live.retriever else None
    return Telling(reply, rewritten if asked.earlier else None, endpoint, lexicon)


def endpoint_of_app(request: Request) -> Endpoint | None:
    """Return the language model of the application that serves this request."""
    endpoint: Endpoint | None = request.app.state.endpoint
    return endpoint


async def _read(request: Request) -> Telling:
    # Before the stream begins: what is wrong with the request is still a problem reply.
    return await telling(request, await read_json(request, TellRequest))


@router.post(
    "/v1/ask/stream",
    response_class=EventSourceResponse,
    summary="Ask, and be told in prose",
    responses=documented(408, 413, 415, 422, 429, 503),
    openapi_extra=body_of("TellRequest"),
)
async def tell(told: Annotated[Telling, Depends(_read)]) -> AsyncIterator[ServerSentEvent]:
    """Send `passages` (the reply of POST /v1/ask), `rewritten` after a follow-up, `sentence`s, `end`.

    Every sentence carries ids of citations among the passages and has been checked against them;
    what fails is dropped and counted in `end`, which also says why there is no more.
    """
    yield _event("passages", told.reply)
    if told.rewritten:
        yield _event("rewritten", asdict(told.rewritten))
    async for part in told.prose():
        yield _event("end" if isinstance(part, Ending) else "sentence", asdict(part))


def _event(name: str, data: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(event=name, raw_data=json.dumps(data, ensure_ascii=False))
