"""Asking: one question, or many at once."""

from typing import Any

from fastapi import APIRouter, Request

from api.body import body_of, read_json
from api.desk import client_of, desk_of
from api.problems import documented
from api.schemas import AskReply, AskRequest

router = APIRouter()


@router.post(
    "/v1/ask",
    response_model=AskReply,
    summary="Ask a question",
    responses=documented(408, 413, 415, 422, 429, 503),
    openapi_extra=body_of("AskRequest"),
)
async def ask(request: Request) -> dict[str, Any]:
    """Return the passages that answer, each an exact citation, and whether they do answer."""
    question = await read_json(request, AskRequest)
    return await desk_of(request).ask(question, client_of(request))
