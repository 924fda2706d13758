"""The chat page, the reader of an article and the permanent address of a citation, for people.

Each of them works without JavaScript; `static/app.js` only makes the chat quicker to use.
"""

import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.datastructures import QueryParams
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from api.article import Mark, blocks
from api.desk import Desk, client_of, desk_of
from api.envelope import request_id_of
from api.interface import COOKIE, LANGUAGES, STATIC, language_of, messages
from api.problems import Problem, problem_of_validation
from api.routes import citation_as_json
from api.schemas import AskRequest
from api.template import render
from rag.citations import resolve
from rag.documents import Document
from rag.snapshot import Snapshot
from rag.spans import Span

SINGLE = ("published_from", "published_to")
SEVERAL = ("outlet", "language")
USUAL_K = "5"  # the default of the contract; left out of addresses
ARTICLES_OFFERED = 4  # where no example question fits the articles, these many titles fill its place
YEAR = 365 * 24 * 3600  # seconds
OFFSET = re.compile("[0-9]{1,10}")
SERVED = ("app.js", "icon.svg", "style.css")
FOREVER = "public, max-age=31536000, immutable"  # for addresses that hold the file's digest

router = APIRouter(include_in_schema=False)
files = StaticFiles(directory=STATIC)


@router.get("/")
async def chat(request: Request) -> Response:
    """Show the chat page; with `?q=` also the passages that answer, drawn here."""
    asked, reply, problem = _asked(request.query_params), None, None
    try:
        if asked["question"]:
            reply = await desk_of(request).ask(_ask_request(request.query_params), client_of(request))
            asked["question"] = reply["question"]
        about = await _about(request, fresh=reply is None)
    except Problem as refusal:
        problem, about = refusal, {}
    return render(
        request,
        "chat",
        problem.kind.status if problem else 200,
        asked=asked,
        reply=reply,
        problem=_told(request, problem),
        heading=asked["question"],
        **about,
    )


def _asked(given: QueryParams) -> dict[str, Any]:
    """Return what the address asks, as the template and `app.js` understand it."""
    filters = {name: given.get(name, "") for name in (*SINGLE, "k", "include_boilerplate")}
    scope = [
        (name, value)
        for name, value in given.multi_items()
        if name in filters | dict.fromkeys(SEVERAL) and value.strip() and (name, value) != ("k", USUAL_K)
    ]
    question = given.get("q", "").strip()
    return {
        "question": question,
        "filters": filters | {name: given.getlist(name) for name in SEVERAL},
        "scope": scope,
        "address": "?" + urlencode([("q", question), *scope]),
    }


def _ask_request(given: QueryParams) -> AskRequest:
    """Read an address as the endpoint reads a body. Raises Problem 422."""
    k = given.get("k") or USUAL_K
    filters: dict[str, Any] = {name: given[name] for name in SINGLE if given.get(name)}
    filters |= {name: given.getlist(name) for name in SEVERAL if name in given}
    body = {
        "question": given["q"],
        "k": int(k) if k.isascii() and k.isdigit() and len(k) < len("1000") else k,
        "filters": filters,
        "include_boilerplate": given.get("include_boilerplate") == "true",
    }
    try:
        return AskRequest.model_validate_json(json.dumps(body))
    except ValidationError as error:
        faults: Sequence[Any] = error.errors(include_input=False, include_url=False, include_context=False)
        raise problem_of_validation(faults) from None


async def _about(request: Request, fresh: bool) -> dict[str, Any]:
    """Return what the page tells about the articles; on a fresh page also what could be asked."""
    desk, language = desk_of(request), language_of(request)
    about = await desk.read(_facts)
    if fresh:
        about["examples"] = await _examples(desk, language)
    return about


def _facts(snapshot: Snapshot) -> dict[str, Any]:
    manifest = snapshot.manifest
    return {
        "facets": snapshot.facets(),
        "articles": snapshot.documents(0, ARTICLES_OFFERED),
        "index": {"documents": manifest.counts.documents, "built_at": manifest.built_at},
    }


async def _examples(desk: Desk, language: str) -> list[dict[str, str]]:
    """Return those example questions that the articles in service answer."""

    def answered() -> list[dict[str, str]]:
        with desk.live.lease() as retriever:
            questions = messages(language)["example_questions"]
            return [question for question in questions if retriever.ask(question["text"], 1).answerable]

    return await desk.queue.run(answered)


@router.get("/documents/{document_id}")
async def article(request: Request, document_id: str) -> Response:
    """Show a whole article; where `start` and `end` are given, the words between them are marked."""
    try:
        document = await desk_of(request).read(lambda snapshot: snapshot.document(document_id))
        if document is None:
            raise Problem("not-found", "No article has this id.")
    except Problem as refusal:
        return _refused(request, refusal)
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
        state=state,
        heading=document.metadata.title if document else None,
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
        return _refused(request, refusal)
    marks = _cited(found.span, request.query_params.get("answers", "")) if found.span else []
    return _reader(request, found.document, marks, found.state)


def _cited(span: Span, answers: str) -> list[Mark]:
    """Return the marks of cited words and of the sentences in them: "12-140", counted from their start."""
    length = span.end - span.start
    places = [_place(*place.partition("-")[::2], length) for place in answers.split()]
    return [Mark(span, "cited"), *(Mark(place.shifted(span.start), "answer") for place in places if place)]


def _refused(request: Request, problem: Problem) -> Response:
    request.scope["ibid.problem"] = problem.slug
    return render(request, "problem", problem.kind.status, problem=_told(request, problem))


def _told(request: Request, problem: Problem | None) -> dict[str, Any] | None:
    """Return a problem in the reader's words, with the server's own beside them."""
    if problem is None:
        return None
    say, status = messages(language_of(request)), problem.kind.status
    advice = {404: "problem_not_found", 422: "problem_question", 429: "problem_busy", 503: "problem_busy"}
    return {
        "title": say["problem"],
        "advice": say[advice.get(status, "problem_server")],
        "detail": f"{problem.kind.title}. {problem.detail}",
        "request_id": request_id_of(request),
    }


@router.get("/language/{language}")
async def switch_language(request: Request, language: str, back: str = "/") -> Response:
    """Remember the reader's language in a cookie and go back to the page they came from."""
    ours = back.startswith("/") and not back.startswith(("//", "/\\"))
    response = RedirectResponse(back if ours else "/", 303)
    if language in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=YEAR, httponly=True, samesite="lax")
    return response


@router.get("/static/{name}")
async def static(request: Request, name: str) -> Response:
    """Serve the style sheet, the module and the icon; 304 where the browser has them already."""
    if name not in SERVED:
        raise Problem("not-found", "The page has no such file.")
    response = await files.get_response(name, request.scope)
    response.headers["Cache-Control"] = FOREVER if "v" in request.query_params else "no-cache"
    return response
