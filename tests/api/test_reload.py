"""A new index goes into service while requests are answered; a damaged one does not."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from embeddings.encoder import Encoder
from rag.indexing import build_index
from rag.settings import load_settings
from rag.snapshot import CURRENT, current_path
from tests.api.conftest import ARTICLES, Server, eventually, serving
from tests.api.problem_checks import assert_problem

QUESTION = {"question": "what did Luxembourg and Morocco sign?"}
WORD = "Zanzibar"
NEWS = f"{WORD} et le Maroc\n\n{WORD} a signé un accord avec le Maroc lundi à Rabat.\n"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ARTICLES, tmp_path / "articles"))


def index_of(http: httpx.Client) -> str:
    return str(http.get("/readyz").json()["index"]["id"])


def test_no_request_is_lost_while_the_index_is_replaced(
    own_data: Path, articles: Path, tmp_path: Path, encoder: Encoder
) -> None:
    with serving(own_data, tmp_path) as server, server.client() as http:
        before = index_of(http)
        seen: list[tuple[int, str]] = []
        stop = threading.Event()
        askers = [threading.Thread(target=_ask_until, args=(server, stop, seen)) for _ in range(3)]
        for asker in askers:
            asker.start()
        (articles / "new.txt").write_text(NEWS)
        build_index([articles], load_settings(data=own_data), encoder)
        replaced = eventually(lambda: index_of(http) != before)
        stop.set()
        for asker in askers:
            asker.join()
        assert replaced
        assert {status for status, _ in seen} == {200}
        assert {index for _, index in seen} <= {before, index_of(http)}
        reply = http.post("/v1/ask", json={"question": f"{WORD} accord"}).json()
        assert WORD in reply["passages"][0]["text"]


def _ask_until(server: Server, stop: threading.Event, seen: list[tuple[int, str]]) -> None:
    with server.client() as http:
        while not stop.is_set():
            reply = http.post("/v1/ask", json=QUESTION)
            seen.append((reply.status_code, reply.json()["index"]["id"]))


def test_a_damaged_index_is_refused_by_name_and_the_old_one_goes_on(own_data: Path, tmp_path: Path) -> None:
    with serving(own_data, tmp_path) as server, server.client() as http:
        before = index_of(http)
        old = current_path(own_data)
        damaged = Path(shutil.copytree(old, old.with_name("20990101T000000Z-damaged")))
        victim = next(damaged.glob("*.sqlite"))
        content = bytearray(victim.read_bytes())
        content[len(content) // 2] ^= 1
        victim.write_bytes(content)
        (own_data / CURRENT).write_text(damaged.name + "\n")
        assert eventually(lambda: http.get("/readyz").json()["refused"] is not None)
        ready = http.get("/readyz").json()
        assert victim.name in ready["refused"]
        assert ready["index"]["id"] == before
        assert http.post("/v1/ask", json=QUESTION).json()["index"]["id"] == before
        (own_data / CURRENT).write_text(old.name + "\n")
        assert eventually(lambda: http.get("/readyz").json()["refused"] is None)


def test_a_cursor_of_the_old_index_is_refused(
    own_data: Path, articles: Path, tmp_path: Path, encoder: Encoder
) -> None:
    with serving(own_data, tmp_path) as server, server.client() as http:
        before, cursor = index_of(http), http.get("/v1/documents?limit=1").json()["next"]
        (articles / "new.txt").write_text(NEWS)
        build_index([articles], load_settings(data=own_data), encoder)
        assert eventually(lambda: index_of(http) != before)
        assert_problem(http.get("/v1/documents", params={"cursor": cursor}), 404, "unknown-cursor")


def test_the_plain_factory_waits_for_an_index_and_then_serves(
    indexed: Path, tmp_path: Path, unused_port: int
) -> None:
    data = tmp_path / "empty"
    data.mkdir()
    command = [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--port", str(unused_port)]
    environment = {**os.environ, "IBID_DATA": str(data)}
    with (tmp_path / "stderr").open("w") as stderr:
        process = subprocess.Popen(command, cwd=ARTICLES.parents[1], env=environment, stderr=stderr)
    with process, httpx.Client(base_url=f"http://127.0.0.1:{unused_port}") as http:
        try:
            assert eventually(lambda: _answers(http))
            problem = assert_problem(http.get("/readyz"), 503, "index-not-ready")
            assert "ibid index" in str(problem["detail"])
            reply = http.post("/v1/ask", json=QUESTION)
            assert_problem(reply, 503, "index-not-ready")
            assert "retry-after" in reply.headers
            shutil.copytree(indexed, data, dirs_exist_ok=True)
            assert eventually(lambda: http.get("/readyz").status_code == 200)
            assert http.post("/v1/ask", json=QUESTION).json()["answerable"]
        finally:
            process.terminate()


def _answers(http: httpx.Client) -> bool:
    try:
        return http.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
