"""Citations: checked at any later time, and exported."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.body import body_of, read_json
from api.desk import client_of, desk_of
from api.documents import single_valued
from api.examples import PERMALINK
from api.problems import Problem, documented
from api.replies import CitationReply
from api.requests import ExportQuery, ExportRequest
from rag.citations import Resolution, is_citation_id, resolve
from rag.exports import EXPORTS, ExportFormat
from rag.reference import references
from rag.reply import summary_as_json
from rag.text_fragments import fragment_url

# What the OpenAPI document says of a file in one of these forms.
SCHEMAS = {"csl-json": {"type": "array", "items": {"type": "object"}}}
EXPORTED: dict[str, Any] = {
    "description": "The file.",
    "content": {
        export.media_type: {"schema": SCHEMAS.get(form, {"type": "string"})}
        for form, export in EXPORTS.items()
    },
}

CitationId = Annotated[str, Path(description="The citation's id.", examples=[PERMALINK[3:]])]

router = APIRouter()


@router.get(
    "/v1/citations/{citation_id}",
    response_model=CitationReply,
    summary="Check a citation",
    responses=documented(404, 503),
)
async def citation(request: Request, citation_id: CitationId) -> dict[str, Any]:
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
        "document": summary_as_json(found.document) if found.document else None,
        "start": span.start if span else None,
        "end": span.end if span else None,
        "text": span.slice(found.document.text) if span and found.document else None,
        "fragment_url": _fragment_url(found),
    }


def _fragment_url(found: Resolution) -> str | None:
    if found.document is None or found.span is None:
        return None
    return fragment_url(found.document.metadata.url, found.document.text, found.span)


@router.get(
    "/v1/citations/{citation_id}/export",
    response_class=Response,
    summary="Export a citation",
    dependencies=[Depends(single_valued)],
    responses={200: EXPORTED, **documented(404, 422, 429, 503)},
)
async def export_one(
    request: Request, citation_id: CitationId, query: Annotated[ExportQuery, Query()]
) -> Response:
    """Return a citation as Markdown, RIS, BibTeX or CSL-JSON, with its words and its permalink."""
    return await _exported(request, [citation_id], query.format)


@router.post(
    "/v1/export",
    response_class=Response,
    summary="Export a conversation",
    responses={200: EXPORTED, **documented(404, 408, 413, 415, 422, 429, 503)},
    openapi_extra=body_of("ExportRequest"),
)
async def export_many(request: Request) -> Response:
    """Return several citations in one file; what was changed or withdrawn stays in it, with a note."""
    wanted = await read_json(request, ExportRequest)
    return await _exported(request, wanted.citations, wanted.format)


async def _exported(request: Request, identities: Sequence[str], form: ExportFormat) -> Response:
    if not all(map(is_citation_id, identities)):
        raise Problem("not-found", "This is not the form of a citation id.")
    desk, today = desk_of(request), datetime.now(UTC).date()
    desk.limit.check(client_of(request))
    address = str(request.base_url)
    cited = await desk.read(lambda snapshot: references(identities, snapshot, address, today))
    export = EXPORTS[form]
    headers = {"Content-Disposition": f'attachment; filename="ibid.{export.suffix}"'}
    return Response(export.write(cited), media_type=export.media_type, headers=headers)
