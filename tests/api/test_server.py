"""The process: how it starts, refuses to start and ends."""

import contextlib
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from api.server import run
from rag.errors import IbidError, SnapshotDamaged, SnapshotMissing
from rag.settings import load_settings
from rag.snapshot import current_path
from tests.api.conftest import Server, serving
from tests.api.problem_checks import assert_problem

QUESTION = {"question": "what did Luxembourg and Morocco sign?"}


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_with_exit_code_0_when_asked_to(indexed: Path, tmp_path: Path, wish: int) -> None:
    with serving(indexed, tmp_path) as server:
        server.process.send_signal(wish)
        assert server.process.wait(15) == 0


def test_requests_under_way_are_answered_before_the_end(indexed: Path, tmp_path: Path) -> None:
    with serving(indexed, tmp_path) as server, ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(httpx.post, f"{server.address}/v1/ask", json=QUESTION) for _ in range(8)]
        asked[0].result()
        server.process.terminate()
        for reply in asked:
            with contextlib.suppress(httpx.ConnectError):  # came after the end had begun
                assert reply.result().status_code == 200
        assert server.process.wait(15) == 0


def test_more_questions_than_can_wait_are_refused_and_the_rest_answered(
    indexed: Path, tmp_path: Path
) -> None:
    with serving(indexed, tmp_path, IBID_QUEUE_LIMIT="1") as server, ThreadPoolExecutor(16) as pool:
        with server.client() as http:
            replies = list(pool.map(lambda _: http.post("/v1/ask", json=QUESTION), range(200)))
            assert http.get("/healthz").status_code == 200
        assert {reply.status_code for reply in replies} == {200, 503}
        for reply in replies:
            if reply.status_code == 503:
                assert_problem(reply, 503, "busy")
                assert int(reply.headers["retry-after"]) >= 1


def test_without_an_index_it_does_not_start_and_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SnapshotMissing, match="no index") as refusal:
        run(load_settings(data=tmp_path, port=0))
    assert "ibid index" in refusal.value.remedy


def test_a_damaged_index_is_not_served(own_data: Path) -> None:
    victim = next(current_path(own_data).glob("*.sqlite"))
    victim.write_bytes(victim.read_bytes()[:-1])
    with pytest.raises(SnapshotDamaged, match=victim.name):
        run(load_settings(data=own_data, port=0))


def test_a_taken_port_is_told_before_the_model_is_loaded(server: Server, tmp_path: Path) -> None:
    with pytest.raises(IbidError, match=f"127.0.0.1:{server.port}") as refusal:
        run(load_settings(data=tmp_path, port=server.port))
    assert "--port" in refusal.value.remedy


def test_a_host_that_is_not_ours_is_told(indexed: Path, tmp_path: Path) -> None:
    given = {"IBID_HOST": "203.0.113.1", "IBID_API_KEY_SHA256": "0" * 64}
    with pytest.raises(AssertionError, match="cannot listen on 203"), serving(indexed, tmp_path, **given):
        pass


def test_serving_imports_no_torch() -> None:
    code = "import sys, api.server; sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 0
