"""Several processes on one address: each answers, one that dies is replaced, all end together."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.server import run
from embeddings import Encoder
from rag.errors import IbidError
from rag.indexing import build_index
from rag.settings import load_settings
from tests.api.conftest import Server, eventually, serving

QUESTION = {"question": "what did Luxembourg and Morocco sign?"}
WORKS = """
import time
from pathlib import Path
from api.workers import workers

def work():
    Path("worked").touch()

if __name__ == "__main__":
    with workers(1, work):
        while not Path("worked").exists() and not Path("run").exists():
            time.sleep(0.05)
"""
MANY = 64  # connections: that all go to one of two processes is a matter of 2 ** -63


@pytest.fixture
def both(own_data: Path, tmp_path: Path) -> Iterator[Server]:
    with serving(own_data, tmp_path, IBID_WORKERS="2") as server:
        assert eventually(lambda: bool(others(server) and listens(others(server)[0], server)))
        yield server


def others(server: Server) -> list[int]:
    """Return the processes that answer beside the first one; the last started comes last."""
    tasks = Path(f"/proc/{server.process.pid}/task").glob("*/children")  # each thread has its own
    children = [int(child) for task in tasks for child in task.read_text().split()]
    return [child for child in sorted(children) if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]


def listens(process: int, server: Server) -> bool:
    """Return whether one of the sockets that listen on the server's port is this process's."""
    with contextlib.suppress(OSError):
        owned = {os.readlink(one) for one in Path(f"/proc/{process}/fd").iterdir()}
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == "0A" and local.endswith(f":{server.port:04X}") and f"socket:[{inode}]" in owned:
                return True
    return False


def answers(server: Server) -> set[str]:
    """Ask over many connections; return the indexes that answered."""
    found = set()
    for _ in range(MANY):
        reply = httpx.post(f"{server.address}/v1/ask", json=QUESTION, timeout=20)
        assert reply.status_code == 200
        found.add(reply.json()["index"]["id"])
    return found


def test_the_other_one_answers_where_the_first_stands_still(both: Server) -> None:
    answers(both)
    os.kill(both.process.pid, signal.SIGSTOP)
    try:
        for _ in range(MANY):
            with contextlib.suppress(httpx.TimeoutException):
                assert httpx.get(f"{both.address}/healthz", timeout=0.5).status_code == 200
                break
        else:
            raise AssertionError("none of them answers")
    finally:
        os.kill(both.process.pid, signal.SIGCONT)


def test_one_that_was_killed_is_replaced(both: Server) -> None:
    (victim,) = others(both)
    os.kill(victim, signal.SIGKILL)
    assert eventually(lambda: bool(set(others(both)) - {victim}))
    assert eventually(lambda: listens(others(both)[-1], both))
    assert len(answers(both)) == 1
    assert '"worker ended"' in both.log.read_text()


def test_all_follow_the_index(both: Server, own_data: Path, tmp_path: Path, encoder: Encoder) -> None:
    (before,) = answers(both)
    (tmp_path / "accord.txt").write_text("Le Luxembourg et le Maroc ont signé un accord à Rabat.", "utf-8")
    build_index([tmp_path / "accord.txt"], load_settings(data=own_data), encoder)
    assert eventually(lambda: before not in answers(both))


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT])
def test_all_end_when_the_first_is_asked_to(both: Server, wish: int) -> None:
    (other,) = others(both)
    both.process.send_signal(wish)
    assert both.process.wait(15) == 0
    assert not Path(f"/proc/{other}").exists()


def test_none_is_left_behind_by_one_that_was_killed(both: Server) -> None:
    (other,) = others(both)
    both.process.kill()
    both.process.wait(15)
    assert eventually(lambda: not Path(f"/proc/{other}").exists() or _is_dead(other))


def _is_dead(process: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


def test_a_taken_port_is_told_by_several_too(server: Server, both: Server, tmp_path: Path) -> None:
    for taken in (server, both):
        started = time.monotonic()
        with pytest.raises(IbidError, match="cannot listen"):
            run(load_settings(data=tmp_path, port=taken.port, workers=2))
        assert time.monotonic() - started < 5


def test_no_program_in_the_folder_the_server_was_started_in_is_run(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "works.py").write_text(WORKS)
    for name in ("multiprocessing", "runpy", "signal", "struct"):
        (tmp_path / f"{name}.py").write_text("open('run', 'w')\nraise SystemExit")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "bin/works.py"], cwd=tmp_path, env=environment, check=True, timeout=60)
    assert (tmp_path / "worked").exists()
    assert not (tmp_path / "run").exists()
