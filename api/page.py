"""The chat page. It works without JavaScript; `static/app.js` only makes it quicker to use."""

import json
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.datastructures import QueryParams
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from api import reader
from api.desk import Desk, client_of, desk_of
from api.interface import COOKIE, LANGUAGES, STATIC, language_of, messages
from api.problems import Problem, problem_of_validation
from api.requests import AskRequest
from api.telling import endpoint_of_app
from api.template import render, told
from rag.index import Index
from rag.retriever import Retriever

SINGLE = ("published_from", "published_to")
SEVERAL = ("outlet", "language")
# The defaults of the contract; app.js leaves the same ones out of addresses.
USUAL = {"k": "5", "include_boilerplate": "false", "use_dates": "true"}
ARTICLES_OFFERED = 4  # where no example question fits the articles, these many titles fill its place
YEAR = 365 * 24 * 3600  # seconds
SERVED = ("app.js", "icon.svg", "style.css")
FOREVER = "public, max-age=31536000, immutable"  # for addresses that hold the file's digest

router = APIRouter(include_in_schema=False)
router.include_router(reader.router)
files = StaticFiles(directory=STATIC)


@router.get("/")
async def chat(request: Request) -> Response:
    """Show the chat page; with `?q=` also the passages that answer, drawn here."""
    asked = _asked(request.query_params)
    prose = endpoint_of_app(request) is not None
    shown: dict[str, Any] = {"asked": asked, "heading": asked["question"], "prose": prose}
    status = 200
    try:
        shown |= await _about(request, fresh=not asked["question"])
        if asked["question"]:
            shown["reply"] = await desk_of(request).ask(
                _ask_request(request.query_params), client_of(request)
            )
    except Problem as problem:
        status, shown["problem"] = problem.kind.status, told(request, problem)
    return render(request, "chat", status, **shown)


def _asked(given: QueryParams) -> dict[str, Any]:
    """Return what the address asks, as the template and `app.js` understand it."""
    filters = {name: given.get(name, "") for name in (*SINGLE, *USUAL)}
    scope = [
        (name, value)
        for name, value in given.multi_items()
        if name in filters | dict.fromkeys(SEVERAL) and value.strip() and value != USUAL.get(name)
    ]
    question = given.get("q", "").strip()
    return {
        "question": question,
        "filters": filters | {name: given.getlist(name) for name in SEVERAL},
        "scope": scope,
        "address": "?" + urlencode([("q", question), *scope]),
    }


def _ask_request(given: QueryParams) -> AskRequest:
    """Read an address as the endpoint reads a body. Raises Problem 422, also for a value given twice."""
    for name in ("q", *SINGLE, *USUAL):
        if (times := len(given.getlist(name))) > 1:
            raise Problem("invalid-request", f"{name} stands {times} times in the address; give it once.")
    filters: dict[str, Any] = {name: given[name] for name in SINGLE if given.get(name)}
    filters |= {name: given.getlist(name) for name in SEVERAL if name in given}
    body = {
        "question": given["q"],
        "filters": filters,
        **{name: _plain(given.get(name) or usual) for name, usual in USUAL.items()},
    }
    try:
        return AskRequest.model_validate_json(json.dumps(body))
    except ValidationError as error:
        faults: list[Any] = error.errors(include_input=False, include_url=False, include_context=False)
        raise problem_of_validation(faults) from None


def _plain(value: str) -> str | int | bool:
    """Return a value as JSON would hold it; what is neither a truth nor a small number stays a text."""
    if value in ("true", "false"):
        return value == "true"
    return int(value) if value.isascii() and value.isdigit() and len(value) < len("1000") else value


async def _about(request: Request, fresh: bool) -> dict[str, Any]:
    """Return what the page tells about the articles; on a fresh page also what could be asked."""
    desk, language = desk_of(request), language_of(request)
    about = await desk.read(_facts)
    if fresh:
        about["examples"] = await _examples(desk, language)
    return about


def _facts(snapshot: Index) -> dict[str, Any]:
    manifest = snapshot.manifest
    return {
        "facets": snapshot.facets(),
        "articles": snapshot.documents(0, ARTICLES_OFFERED),
        "index": {"documents": manifest.counts.documents, "built_at": manifest.built_at},
    }


async def _examples(desk: Desk, language: str) -> list[dict[str, str]]:
    """Return those example questions that the articles in service answer."""

    def answered(retriever: Retriever) -> list[dict[str, str]]:
        questions = messages(language)["example_questions"]
        return [question for question in questions if retriever.ask(question["text"], 1).answerable]

    return await desk.work(answered)


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
