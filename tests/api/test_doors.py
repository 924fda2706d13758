"""One citation through every door: JSON, events, chat completions, assistants, Python client near and far."""

import asyncio
import dataclasses
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from api.ask_reply import Citation
from rag import Filters, Ibid
from rag.errors import BadConfiguration, BadData, IbidError
from rag.prose.sentence import Ending
from rag.records import CitationRecord, Reply
from tests.api.conftest import Server, serving

QUESTION = "what did Luxembourg and Morocco sign?"
RUN = "from rag.cli import main; main()"
ROOT = Path(__file__).parents[2]


def plain(citation: CitationRecord) -> dict[str, Any]:
    """Return a record as the JSON it was read from."""
    return json.loads(json.dumps(dataclasses.asdict(citation), default=str))  # type: ignore[no-any-return]


def from_json(http: httpx.Client) -> list[dict[str, Any]]:
    reply = http.post("/v1/ask", json={"question": QUESTION}).json()
    return [passage["citation"] for passage in reply["passages"]]


def from_events(http: httpx.Client) -> list[dict[str, Any]]:
    reply = http.post("/v1/ask/stream", json={"question": QUESTION})
    passages = json.loads(reply.text.split("\n")[1].removeprefix("data: "))["passages"]
    return [passage["citation"] for passage in passages]


def from_chat(http: httpx.Client) -> list[dict[str, Any]]:
    reply = http.post(
        "/v1/chat/completions", json={"messages": [{"role": "user", "content": QUESTION}]}
    ).json()
    return [passage["citation"] for passage in reply["ibid"]["passages"]]


@pytest.fixture(scope="module")
def over_http(indexed: Path) -> Iterator[str]:
    """Return the address of `ibid mcp --transport http`."""
    command = [sys.executable, "-c", RUN, "mcp", "--transport", "http", "--port", "0", "--data", str(indexed)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stdout
        try:
            yield run.stdout.readline().split()[-1] + "/mcp"
        finally:
            run.terminate()


def stdio(data: Path) -> Any:  # noqa: ANN401 - the library's own
    arguments = ["-c", RUN, "mcp", "--data", str(data)]
    return StdioServerParameters(command=sys.executable, args=arguments, cwd=str(ROOT), env=dict(os.environ))


async def assisted(server: Any) -> tuple[Any, ...]:  # noqa: ANN401 - an address or a process
    """Return what an assistant learns: the tools, an answer, an article, two refusals."""
    async with Client(server) as client:
        tools = (await client.list_tools()).tools
        answer = await client.call_tool("ask", {"question": QUESTION})
        cited = answer.structured_content["passages"][0]["citation"]
        article = await client.call_tool("get_article", {"document_id": cited["document_id"]})
        blank = await client.call_tool("ask", {"question": " "})
        unknown = await client.call_tool("get_article", {"document_id": "../etc/passwd"})
    return tools, answer.structured_content, article.structured_content, blank, unknown


@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_assistants_get_the_same_citations_and_only_read(
    http: httpx.Client, indexed: Path, over_http: str, transport: str
) -> None:
    server = over_http if transport == "http" else stdio_client(stdio(indexed))
    tools, answer, article, blank, unknown = asyncio.run(assisted(server))
    assert {tool.name for tool in tools} == {"ask", "get_article"}
    assert all(tool.annotations.read_only_hint for tool in tools)
    assert [passage["citation"] for passage in answer["passages"]] == from_json(http)
    for passage in answer["passages"]:
        cited = passage["citation"]
        if cited["document_id"] == article["id"]:
            assert article["text"][cited["start"] : cited["end"]] == passage["text"]
    assert blank.is_error
    assert "not only blanks" in blank.content[0].text
    assert unknown.is_error
    assert "No article has this id" in unknown.content[0].text
    assert "passwd" not in unknown.content[0].text


def test_every_door_shows_the_same_citations(http: httpx.Client, server: Server, indexed: Path) -> None:
    expected = from_json(http)
    assert all(set(citation) == set(Citation.model_fields) for citation in expected)
    assert from_events(http) == expected
    assert from_chat(http) == expected
    for door in (Ibid(server.address), Ibid(data=indexed)):
        with door as ibid:
            assert [plain(passage.citation) for passage in ibid.ask(QUESTION).passages] == expected
            told = next(ibid.tell(QUESTION))
            assert isinstance(told, Reply)
            assert [plain(passage.citation) for passage in told.passages] == expected


def test_near_and_far_return_the_same_records(server: Server, indexed: Path) -> None:
    filters = Filters(outlet=("Aujourd'hui le Maroc",), language=("fr",))
    with Ibid(server.address) as far, Ibid(data=indexed) as near:
        reply = near.ask(QUESTION, 3, filters)
        assert dataclasses.replace(far.ask(QUESTION, 3, filters), took_ms=0) == dataclasses.replace(
            reply, took_ms=0
        )
        assert reply.passages
        cited = reply.passages[0].citation
        assert far.article(cited.document_id) == near.article(cited.document_id)
        assert far.check(cited.id) == near.check(cited.id)
        gone = f"{'0' * 16}-0-9-{'0' * 16}"
        assert far.check(gone) == near.check(gone)
        *_, ending = far.tell(QUESTION)
        assert ending == list(near.tell(QUESTION))[-1]
        assert isinstance(ending, Ending)
        for door in (far, near):
            assert door.article("0" * 16) is None
            assert door.check("no citation") is None
            with pytest.raises(BadData):
                door.ask(" ")


def test_the_command_line_lists_what_the_pages_of_the_service_list(http: httpx.Client, indexed: Path) -> None:
    pages = [http.get("/v1/documents", params={"limit": 2}).json()]
    while cursor := pages[-1]["next"]:
        pages.append(http.get("/v1/documents", params={"limit": 2, "cursor": cursor}).json())
    command = [sys.executable, "-c", RUN, "list", "--json", "--data", str(indexed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=60)
    assert len(pages) > 1
    assert json.loads(done.stdout) == [document for page in pages for document in page["documents"]]


@pytest.mark.parametrize("words", ["\ud800", "who signed \udc80 this?"])
def test_what_is_no_unicode_is_bad_data_near_and_far(server: Server, indexed: Path, words: str) -> None:
    for door in (Ibid(server.address), Ibid(data=indexed)):
        with door as ibid:
            for asked in (ibid.ask, lambda question, ibid=ibid: list(ibid.tell(question))):
                with pytest.raises(BadData):
                    asked(words)
            assert ibid.article(words) is None
            assert ibid.check(words) is None
    with Ibid(server.address) as far, pytest.raises(BadData):
        far.ask(QUESTION, filters=Filters(outlet=(words,)))


@pytest.mark.parametrize("wrong", [{"question": None}, {"k": "3"}, {"filters": {"language": "fr"}}], ids=str)
def test_a_value_of_another_type_is_bad_data_near_and_far(
    server: Server, indexed: Path, wrong: dict[str, Any]
) -> None:
    ((name, value),) = wrong.items()
    for ibid in (Ibid(server.address), Ibid(data=indexed)):
        with ibid, pytest.raises(BadData, match=f"^{name} is {re.escape(repr(value))}$"):
            ibid.ask(**{"question": QUESTION} | wrong)


def test_a_key_of_any_characters_opens_the_service(indexed: Path, tmp_path: Path) -> None:
    digest = hashlib.sha256("clé €".encode()).hexdigest()
    with serving(indexed, tmp_path, IBID_API_KEY_SHA256=digest) as server:
        with Ibid(server.address, key="clé €") as ibid:
            assert ibid.ask(QUESTION).passages
        with Ibid(server.address, key="clé") as ibid, pytest.raises(BadConfiguration):
            ibid.article("0" * 16)


class Foreign(BaseHTTPRequestHandler):
    """Answers everything alike, as a login page would."""

    body, kind, status = b"<html>Sign in</html>", "text/html", 200

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(self.status)
        self.send_header("content-type", self.kind)
        self.send_header("content-length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", b"<html>Sign in</html>"),
        (302, "text/html", b""),
        (200, "application/json", b'{"error": "sign in"}'),
        (200, "application/json", b"[]"),
        (200, "application/json", b"\xff"),
        (404, "text/html", b"<html>Not found</html>"),
        (404, "application/json", b'{"error": "no such service"}'),
        (403, "text/html", b"<html>Forbidden</html>"),
    ],
)
def test_what_is_no_ibid_is_told_by_its_address(status: int, kind: str, body: bytes) -> None:
    handler = type("Handler", (Foreign,), {"status": status, "kind": kind, "body": body})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{proxy.server_port}"
        told = rf"{address} does not answer as Ibid does \(status {status}, {kind}\)"
        with Ibid(address) as ibid:
            for asked in (ibid.ask, lambda question: list(ibid.tell(question)), ibid.article, ibid.check):
                with pytest.raises(IbidError, match=told) as caught:
                    asked(QUESTION)
                assert caught.value.remedy
        proxy.shutdown()


def test_a_client_says_what_is_wrong_with_an_address() -> None:
    with Ibid("http://127.0.0.1:9") as ibid, pytest.raises(IbidError, match="does not answer"):
        ibid.ask(QUESTION)
    with pytest.raises(BadConfiguration, match="no address"):
        Ibid("http://127.0.0.1:port")
    for bare in ("127.0.0.1:8000", "localhost:8000"):
        with Ibid(bare) as ibid, pytest.raises(BadConfiguration, match="no address") as caught:
            ibid.ask(QUESTION)
        assert "http://" in caught.value.remedy
