"""Probes: whether the process lives, whether it answers, and what it has done."""

from typing import Any

from fastapi import APIRouter, Request, Response

from api.desk import NO_ANSWER, desk_of
from api.problems import Problem, documented
from api.replies import HealthReply, ReadyReply

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

router = APIRouter()


@router.get("/healthz", response_model=HealthReply, summary="Does the process live?")
async def healthz() -> dict[str, Any]:
    """Answer without touching the index."""
    return {"status": "alive"}


@router.get(
    "/readyz", response_model=ReadyReply, summary="Does it answer questions?", responses=documented(503)
)
async def readyz(request: Request) -> dict[str, Any]:
    """Answer 200 once an index is verified and warmed up, and say which; 503 with the reason before."""
    desk = desk_of(request)
    retriever = desk.live.retriever
    follower = desk.follower
    if retriever is None:
        raise Problem("index-not-ready", follower.refused or "The index is being loaded.")
    if follower.unreachable:
        raise Problem("index-unreachable", NO_ANSWER)
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
        "refused": follower.refused,
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
    text = desk.metrics.text(desk.queue.waiting, desk.live.retriever)
    return Response(text, media_type=METRICS_TYPE)
