"""The addresses of the service and what each replies."""

import base64
import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.body import read_json
from api.desk import client_of, desk_of
from api.problems import Problem
from api.schemas import (
    AskReply,
    AskRequest,
    CitationReply,
    DocumentReply,
    DocumentsReply,
    FacetsReply,
    HealthReply,
    PageQuery,
    ReadyReply,
)
from rag.citations import resolve
from rag.documents import Document
from rag.reply import document_as_json
from rag.snapshot import Snapshot

DOCUMENT_ID = re.compile(r"[0-9a-f]{16}")
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SUMMARY = ("id", "source", "title", "outlet", "published_on", "language", "url", "sha256")


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemReply"}}}
    return {status: {"description": "A problem (RFC 9457).", "content": content} for status in statuses}


router = APIRouter(responses=_problems(400, 401))


def _single_valued(request: Request) -> None:
    """Refuse `?limit=1&limit=2`: which one counts would be a guess."""
    names = [name for name, _ in request.query_params.multi_items()]
    if len(names) != len(set(names)):
        raise Problem("invalid-request", "A query parameter stands twice; send it once.")


@router.post(
    "/v1/ask",
    response_model=AskReply,
    summary="Ask a question",
    responses=_problems(408, 413, 415, 422, 429, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AskRequest"}}},
        }
    },
)
async def ask(request: Request) -> dict[str, Any]:
    """Return the passages that answer, each an exact citation, and whether they do answer."""
    question = await read_json(request, AskRequest)
    return await desk_of(request).ask(question, client_of(request))


@router.get(
    "/v1/documents",
    response_model=DocumentsReply,
    summary="List the articles",
    dependencies=[Depends(_single_valued)],
    responses=_problems(404, 422, 503),
)
async def documents(
    request: Request, response: Response, page: Annotated[PageQuery, Query()]
) -> dict[str, Any]:
    """Return one page of the articles, ordered by source; `Link` leads to the next page."""
    reply = await desk_of(request).read(lambda snapshot: _page(snapshot, page))
    if reply["next"]:
        response.headers["link"] = f'</v1/documents?limit={page.limit}&cursor={reply["next"]}>; rel="next"'
    return reply


def _page(snapshot: Snapshot, page: PageQuery) -> dict[str, Any]:
    offset = _offset(page.cursor, snapshot.id) if page.cursor is not None else 0
    total = snapshot.manifest.counts.documents
    end = offset + page.limit
    return {
        "documents": [_summary(document) for document in snapshot.documents(offset, page.limit)],
        "total": total,
        "next": _cursor(end, snapshot.id) if end < total else None,
    }


def _cursor(offset: int, snapshot_id: str) -> str:
    return base64.urlsafe_b64encode(f"{offset}:{snapshot_id}".encode()).decode().rstrip("=")


def _offset(cursor: str, snapshot_id: str) -> int:
    """Read a cursor. Raises Problem 404, also where another index has replaced the cursor's."""
    try:
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        plain = ""
    offset, _, index = plain.partition(":")
    if not re.fullmatch("[0-9]{1,9}", offset):
        raise Problem("unknown-cursor", "Use `next` of the page before, unchanged.")
    if index != snapshot_id:
        raise Problem("unknown-cursor", "The articles were indexed again; start at the first page.")
    return int(offset)


def _summary(document: Document) -> dict[str, Any]:
    whole = document_as_json(document)
    return {name: whole[name] for name in SUMMARY}


@router.get(
    "/v1/documents/{document_id}",
    response_model=DocumentReply,
    summary="Read an article",
    responses=_problems(404, 503),
)
async def document(request: Request, document_id: str) -> dict[str, Any]:
    """Return an article: its whole stored text, and the parts set aside with their reasons."""
    found = None
    if DOCUMENT_ID.fullmatch(document_id):
        found = await desk_of(request).read(lambda snapshot: snapshot.document(document_id))
    if found is None:
        raise Problem("not-found", "No article has this id; GET /v1/documents lists them.")
    return document_as_json(found)


@router.get(
    "/v1/citations/{citation_id}",
    response_model=CitationReply,
    summary="Check a citation",
    responses=_problems(404, 503),
)
async def citation(request: Request, citation_id: str) -> dict[str, Any]:
    """Say whether the cited words still stand: valid, moved, changed or withdrawn."""
    return await citation_as_json(request, citation_id)


async def citation_as_json(request: Request, citation_id: str) -> dict[str, Any]:
    """Return CitationReply as a dictionary. Raises Problem 404 for what is no citation id."""
    found = await desk_of(request).read(lambda snapshot: resolve(citation_id, snapshot))
    if found is None:
        raise Problem("not-found", "This is not the form of a citation id.")
    span = found.span
    return {
        "id": citation_id,
        "state": found.state,
        "document": _summary(found.document) if found.document else None,
        "start": span.start if span else None,
        "end": span.end if span else None,
        "text": span.slice(found.document.text) if span and found.document else None,
    }


@router.get("/v1/facets", response_model=FacetsReply, summary="Values for filters", responses=_problems(503))
async def facets(request: Request) -> dict[str, Any]:
    """Return the outlets and languages that occur, sorted."""
    return await desk_of(request).read(lambda snapshot: snapshot.facets())


@router.get("/healthz", response_model=HealthReply, summary="Does the process live?")
async def healthz() -> dict[str, Any]:
    """Answer without touching the index."""
    return {"status": "alive"}


@router.get(
    "/readyz", response_model=ReadyReply, summary="Does it answer questions?", responses=_problems(503)
)
async def readyz(request: Request) -> dict[str, Any]:
    """Answer 200 once an index is verified and warmed up, and say which; 503 with the reason before."""
    desk = desk_of(request)
    retriever = desk.live.retriever
    if retriever is None:
        raise Problem("index-not-ready", desk.follower.refused or "The index is being loaded.")
    manifest = retriever.snapshot.manifest
    return {
        "status": "ready",
        "index": {
            "id": retriever.snapshot.id,
            "model": manifest.model.name,
            "built_at": manifest.built_at,
        },
        "documents": manifest.counts.documents,
        "passages": manifest.counts.passages,
        "refused": desk.follower.refused,
    }


@router.get(
    "/metrics",
    response_class=Response,
    summary="Figures for Prometheus",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """Return counters and histograms; none holds a question or an address."""
    desk = desk_of(request)
    desk.metrics.waiting.set(desk.queue.waiting)
    return Response(desk.metrics.text(), media_type=METRICS_TYPE)
