"""What happens when the service itself fails."""

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.logs import SERVICE, JsonLines
from embeddings.encoder import Encoder
from rag.retriever import Retriever
from rag.settings import load_settings
from rag.snapshot import open_current
from tests.api.problem_checks import assert_problem

SECRET = "who is the whistle-blower of Zanzibar?"


@pytest.fixture(autouse=True)
def loggers_as_before() -> Iterator[None]:
    names = ("ibid", "uvicorn", "uvicorn.error", "uvicorn.access")
    kept = [
        (logging.getLogger(n), logging.getLogger(n).handlers[:], logging.getLogger(n).propagate)
        for n in names
    ]
    yield
    for logger, handlers, propagate in kept:
        logger.handlers[:] = handlers
        logger.propagate = propagate


async def ask_with_a_closed_index(data: Path, encoder: Encoder) -> httpx.Response:
    """Pull the index away under a running application: every question then fails inside."""
    retriever = Retriever(open_current(data, encoder), encoder)
    app = create_app(retriever, load_settings(data=data))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as http,
    ):
        retriever.snapshot.close()
        return await http.post("/v1/ask", json={"question": SECRET})


def test_a_failure_of_ours_is_a_problem_without_its_inside(
    indexed: Path, encoder: Encoder, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = asyncio.run(ask_with_a_closed_index(indexed, encoder))
    details = assert_problem(reply, 500, "internal")
    assert "sqlite" not in json.dumps(details).lower()
    assert reply.headers["x-content-type-options"] == "nosniff"
    records = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    failure = next(record for record in records if record["event"] == "failure")
    assert failure["request_id"] == details["request_id"]
    assert failure["error"] == "ProgrammingError"
    assert any("retriever.py" in frame for frame in failure["frames"])
    assert "Zanzibar" not in json.dumps(records)


def test_a_log_record_is_one_line_and_holds_no_message_of_an_error() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = SERVICE.makeRecord("ibid", logging.ERROR, "", 0, "two\nlines\x1b[31m", (), info)
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "\x1b" not in line
    assert "Zanzibar" not in line
    assert json.loads(line)["event"] == "two\nlines\x1b[31m"
