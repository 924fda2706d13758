"""The articles to read, and the permanent address of a citation, for people; programs get JSON."""

import re
from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from api.article import Mark, blocks
from api.citations import citation_as_json
from api.desk import desk_of
from api.documents import page_of
from api.interface import language_of, messages
from api.problems import Problem
from api.template import refuse, render
from rag.citations import resolve
from rag.documents import Document
from rag.spans import Span

OFFSET = re.compile("[0-9]{1,10}")

ON_A_PAGE = 50  # articles of the list

router = APIRouter()


@router.get("/documents")
async def articles(request: Request, cursor: str | None = None) -> Response:
    """List the articles, page by page."""
    try:
        page = await desk_of(request).read(lambda snapshot: page_of(snapshot, ON_A_PAGE, cursor))
    except Problem as refusal:
        return refuse(request, refusal)
    return render(request, "list", page=page, heading=messages(language_of(request))["all_articles"])


@router.get("/documents/{document_id}")
async def article(request: Request, document_id: str) -> Response:
    """Show a whole article; where `start` and `end` are given, the words between them are marked."""
    try:
        document = await desk_of(request).read(lambda snapshot: snapshot.document(document_id))
        if document is None:
            raise Problem("not-found", "No article has this id.")
    except Problem as refusal:
        return refuse(request, refusal)
    given = request.query_params
    place = _place(given.get("start", ""), given.get("end", ""), len(document.text))
    return _reader(request, document, [Mark(place, "cited")] if place else [])


def _place(start: str, end: str, length: int) -> Span | None:
    """Read a place in a text of that length; None where it is none."""
    if not all(OFFSET.fullmatch(digits) for digits in (start, end)):
        return None
    return Span(int(start), int(end)) if int(start) < int(end) <= length else None


def _reader(
    request: Request, document: Document | None, marks: Sequence[Mark], state: str | None = None
) -> Response:
    # A changed article is named, not shown: the reader came for words that are no longer there.
    shown = document and (state is None or marks)
    return render(
        request,
        "reader",
        document=document,
        blocks=blocks(document, marks) if document and shown else None,
        target="answer" if any(mark.kind == "answer" for mark in marks) else "cited",
        state=state,
        citation=request.path_params.get("citation_id"),
        heading=document.metadata.title or document.source if document else None,
    )


@router.get("/c/{citation_id}")
async def permalink(request: Request, citation_id: str) -> Response:
    """Say whether a citation still stands and show it in its article; JSON for programs."""
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(await citation_as_json(request, citation_id), headers={"Vary": "Accept"})
    try:
        found = await desk_of(request).read(lambda snapshot: resolve(citation_id, snapshot))
        if found is None:
            raise Problem("not-found", "This is not the form of a citation id.")
    except Problem as refusal:
        return refuse(request, refusal)
    marks = _cited(found.span, request.query_params.get("answers", "")) if found.span else []
    return _reader(request, found.document, marks, found.state)


def _cited(span: Span, answers: str) -> list[Mark]:
    """Return the marks of cited words and of the sentences in them: "12-140", counted from their start."""
    length = span.end - span.start
    places = [_place(*place.partition("-")[::2], length) for place in answers.split()]
    return [Mark(span, "cited"), *(Mark(place.shifted(span.start), "answer") for place in places if place)]
