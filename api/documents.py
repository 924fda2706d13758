"""The articles: listed page by page, read whole, and the values that filters can take."""

import base64
import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.desk import desk_of
from api.examples import DOCUMENT_ID
from api.problems import Problem, documented
from api.replies import DocumentReply, DocumentsReply, FacetsReply
from api.requests import PageQuery
from rag.documents import ID
from rag.index import Index
from rag.reply import document_as_json, summary_as_json

DocumentId = Annotated[str, Path(description="The article's id.", examples=[DOCUMENT_ID])]

router = APIRouter()


def single_valued(request: Request) -> None:
    """Refuse `?limit=1&limit=2`: which one counts would be a guess."""
    names = [name for name, _ in request.query_params.multi_items()]
    if len(names) != len(set(names)):
        raise Problem("invalid-request", "A query parameter stands twice; send it once.")


@router.get(
    "/v1/documents",
    response_model=DocumentsReply,
    summary="List the articles",
    dependencies=[Depends(single_valued)],
    responses=documented(404, 422, 503),
)
async def documents(
    request: Request, response: Response, page: Annotated[PageQuery, Query()]
) -> dict[str, Any]:
    """Return one page of the articles, ordered by source; `Link` leads to the next page."""
    reply = await desk_of(request).read(lambda snapshot: page_of(snapshot, page.limit, page.cursor))
    if reply["next"]:
        response.headers["link"] = f'</v1/documents?limit={page.limit}&cursor={reply["next"]}>; rel="next"'
    return reply


def page_of(snapshot: Index, limit: int, cursor: str | None) -> dict[str, Any]:
    """Return DocumentsReply as a dictionary. Raises Problem 404 for a cursor that no page has."""
    offset = _offset(cursor, snapshot.id) if cursor is not None else 0
    total = snapshot.manifest.counts.documents
    end = offset + limit
    return {
        "documents": [summary_as_json(document) for document in snapshot.documents(offset, limit)],
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


@router.get(
    "/v1/documents/{document_id}",
    response_model=DocumentReply,
    summary="Read an article",
    responses=documented(404, 503),
)
async def document(request: Request, document_id: DocumentId) -> dict[str, Any]:
    """Return an article: its whole stored text, and the parts set aside with their reasons."""
    found = None
    if ID.fullmatch(document_id):
        found = await desk_of(request).read(lambda snapshot: snapshot.document(document_id))
    if found is None:
        raise Problem("not-found", "No article has this id; GET /v1/documents lists them.")
    return document_as_json(found)


@router.get("/v1/facets", response_model=FacetsReply, summary="Values for filters", responses=documented(503))
async def facets(request: Request) -> dict[str, Any]:
    """Return the outlets and languages that occur, sorted."""
    return await desk_of(request).read(lambda snapshot: snapshot.facets())
