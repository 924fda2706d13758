"""The application: its parts wired together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api import docs, page, routes
from api.desk import Desk
from api.envelope import Envelope, request_id_of
from api.limits import RateLimit, WorkQueue
from api.live import LiveIndex
from api.logs import configure_logs
from api.metrics import Metrics
from api.problems import Problem, problem_of_status, problem_of_validation
from api.reload import Follower
from api.security import Guard
from api.template import refuse
from rag.prose.endpoint import endpoint_of
from rag.retriever import Retriever
from rag.settings import Settings, load_settings

DESCRIPTION = (
    "Cited answers from your own articles: every passage is a slice of a stored text that can be checked. "
    "Offsets count code points. Errors are problem details (RFC 9457) and never repeat what was sent."
)


def create_app(retriever: Retriever | None = None, settings: Settings | None = None) -> FastAPI:
    """Make the application.

    Args:
        retriever: what answers, for as long as the application lives; without one, the current
            index of `settings.data` answers, and every newer one after it.
        settings: where the index is, and the limits; `load_settings()` without.

    """
    settings = settings or load_settings()
    desk = _desk(settings)
    app = FastAPI(
        title="Ibid",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lambda _: _lifespan(desk, retriever),
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.desk = desk
    app.state.endpoint = endpoint_of(settings)
    app.add_middleware(Envelope, guard=Guard(settings), metrics=desk.metrics)
    _answer_errors_as_problems(app)
    for part in (routes, docs, page):
        app.include_router(part.router)
    docs.describe(app)
    return app


def _desk(settings: Settings) -> Desk:
    live, metrics = LiveIndex(), Metrics()
    follower = Follower(settings, live, metrics)
    return Desk(
        live,
        follower,
        WorkQueue(settings.queue_limit),
        RateLimit(settings.rate_limit_per_minute),
        metrics,
        settings.log_questions,
    )


@contextlib.asynccontextmanager
async def _lifespan(desk: Desk, retriever: Retriever | None) -> AsyncIterator[None]:
    """Warm up before the first request, follow the index while serving, close it at the end."""
    configure_logs()
    if retriever is not None:
        await asyncio.to_thread(desk.follower.install, retriever)
    elif desk.live.retriever is None:
        await asyncio.to_thread(desk.follower.refresh)
    watching = None if retriever else asyncio.create_task(desk.follower.watch())
    try:
        yield
    finally:
        if watching:
            watching.cancel()
            await asyncio.wait([watching])
        await asyncio.to_thread(desk.queue.close)
        if retriever is None:  # a given one belongs to who gave it
            desk.live.replace(None)


def _answer_errors_as_problems(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        request.scope["ibid.problem"] = error.slug
        return error.response(request_id_of(request))

    @app.exception_handler(HTTPException)
    async def status(request: Request, error: HTTPException) -> Response:
        told = problem_of_status(error.status_code, error.headers)
        if told.slug == "not-found" and "text/html" in request.headers.get("accept", ""):
            return refuse(request, told)
        return await problem(request, told)

    @app.exception_handler(RequestValidationError)
    async def validation(request: Request, error: RequestValidationError) -> Response:
        faults: list[Any] = list(error.errors())
        return await problem(request, problem_of_validation(faults))
