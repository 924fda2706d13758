"""The desk: where a request meets the index. Routes and the page ask here, nowhere else."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

from fastapi import Request

from api.limits import RateLimit, WorkQueue
from api.live import LiveIndex
from api.logs import SERVICE
from api.metrics import Metrics
from api.problems import Problem
from api.reload import Follower
from api.requests import AskRequest
from rag.errors import IndexUnreachable
from rag.index import Index
from rag.reply import answer_as_json
from rag.retriever import Retriever

# Without the reason, which names an address inside.
NO_ANSWER = "The index lies on another machine, which does not answer. Try again shortly."

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts that answering needs, one set for each application."""

    live: LiveIndex
    follower: Follower
    queue: WorkQueue
    limit: RateLimit
    metrics: Metrics
    log_questions: bool = False

    async def ask(self, request: AskRequest, client: str) -> dict[str, Any]:
        """Answer a question: exactly the reply of the contract. Raises Problem 429 or 503."""
        (reply,) = await self.ask_all([request], client)
        return reply

    async def ask_all(self, requests: Sequence[AskRequest], client: str) -> list[dict[str, Any]]:
        """Answer questions one after the other: those of others go between. Raises Problem 429 or 503."""
        self.limit.check(client, len(requests))
        return [await self._ask(request) for request in requests]

    async def _ask(self, request: AskRequest) -> dict[str, Any]:
        if self.log_questions:
            SERVICE.info("question", extra={"fields": {"question": request.question}})
        arrived = perf_counter()
        return await self.work(lambda retriever: self._answer(retriever, request, arrived))

    async def read(self, look: Callable[[Index], T]) -> T:
        """Look something up in the index in service. Raises Problem 503."""
        return await self.work(lambda retriever: look(retriever.snapshot))

    async def work(self, work: Callable[[Retriever], T]) -> T:
        """Do something with the index in service. Raises Problem 503."""

        def leased() -> T:
            with self.live.lease() as retriever:
                return work(retriever)

        try:
            return await self.queue.run(leased)
        except IndexUnreachable:  # perhaps because a newer one has replaced it
            await asyncio.to_thread(self.follower.follow)
        try:
            return await self.queue.run(leased)
        except IndexUnreachable:
            raise Problem("index-unreachable", NO_ANSWER, headers={"Retry-After": "5"}) from None

    def _answer(self, retriever: Retriever, request: AskRequest, arrived: float) -> dict[str, Any]:
        started = perf_counter()
        self.metrics.observe_stage("queue", started - arrived)
        answer = retriever.ask(
            request.question,
            request.k,
            request.filters.filters(),
            request.include_boilerplate,
            request.use_dates,
        )
        answered = perf_counter()
        self.metrics.observe_stage("retrieve", answered - started)
        self.metrics.count_answer(answer)
        reply = answer_as_json(answer, retriever.snapshot, (answered - started) * 1000)
        self.metrics.observe_stage("cite", perf_counter() - answered)
        return reply


def desk_of(request: Request) -> Desk:
    """Return the desk of the application that serves this request."""
    desk: Desk = request.app.state.desk
    return desk


def client_of(request: Request) -> str:
    """Return what tells one client from another, for the rate limit only."""
    return request.client.host if request.client else "local"
