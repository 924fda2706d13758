"""The addresses of the service, one file for each noun."""

from fastapi import APIRouter

from api import asking, chat, citations, documents, probes, telling
from api.problems import documented

router = APIRouter(responses=documented(400, 401))
for part in (asking, telling, documents, citations, chat, probes):
    router.include_router(part.router)
