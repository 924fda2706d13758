"""Chat completions: existing chat programs ask here as they would ask any model."""

import json
import time
import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from api.body import body_of, read_json
from api.chat_content import Piece, annotations, of_passages, of_sentence
from api.chat_schemas import MODEL, ChatReply, ChatRequest, ModelsReply
from api.desk import desk_of
from api.problems import documented
from api.requests import TellRequest
from api.telling import Telling, telling
from rag.prose.sentence import Sentence
from rag.records import Reply

MAX_CONVERSATION = 1024 * 1024  # bytes: clients send all earlier turns again, a hundred answers fit
DONE = "[DONE]"

router = APIRouter()


@router.post(
    "/v1/chat/completions",
    response_model=ChatReply,
    summary="Ask as one asks a language model",
    responses=documented(408, 413, 415, 422, 429, 503),
    openapi_extra=body_of("ChatRequest"),
)
async def complete(request: Request) -> Any:  # noqa: ANN401 - a reply or a stream of events
    """Answer the last question in prose where a model is configured, else with the passages.

    Every part of the content is annotated with the permalink of what it cites.
    """
    asked = await read_json(request, ChatRequest, MAX_CONVERSATION)
    *earlier, question = asked.questions
    told = await telling(request, TellRequest(question=question, earlier=earlier))
    server = str(request.base_url)
    if asked.stream:
        return StreamingResponse(_events(told, server), media_type="text/event-stream")
    pieces = [piece async for piece in _pieces(told)]
    content = "".join(piece.text for piece in pieces)
    message = {"role": "assistant", "content": content, "annotations": annotations(pieces, server)}
    return _envelope("chat.completion") | {
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        "ibid": told.reply,
    }


@router.get(
    "/v1/models", response_model=ModelsReply, summary="List the models to ask", responses=documented(503)
)
async def models(request: Request) -> dict[str, Any]:
    """Return the one model there is."""
    built_at = await desk_of(request).read(lambda snapshot: snapshot.manifest.built_at)
    created = int(datetime.fromisoformat(built_at).timestamp())
    return {
        "object": "list",
        "data": [{"id": MODEL, "object": "model", "created": created, "owned_by": MODEL}],
    }


async def _pieces(told: Telling) -> AsyncIterator[Piece]:
    """Yield the prose; the passages where nothing of it may be shown."""
    reply, shown = Reply.of(told.reply), 0
    async for part in told.prose():
        if isinstance(part, Sentence):
            shown += 1
            yield of_sentence(part, reply)
    if not shown:
        for piece in of_passages(reply):
            yield piece


async def _events(told: Telling, server: str) -> AsyncIterator[bytes]:
    start = _envelope("chat.completion.chunk")
    yield _chunk(start, {"role": "assistant", "content": ""}, ibid=told.reply)
    pieces: list[Piece] = []
    async for piece in _pieces(told):
        pieces.append(piece)
        yield _chunk(start, {"content": piece.text})
    yield _chunk(start, {"annotations": annotations(pieces, server)}, "stop")
    yield format_sse_event(data_str=DONE)


def _chunk(start: dict[str, Any], delta: dict[str, Any], end: str | None = None, **more: Any) -> bytes:  # noqa: ANN401
    choice = {"index": 0, "delta": delta, "finish_reason": end}
    return format_sse_event(data_str=json.dumps(start | {"choices": [choice]} | more, ensure_ascii=False))


def _envelope(kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": kind,
        "created": int(time.time()),
        "model": MODEL,
    }
