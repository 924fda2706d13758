"""Readers, writers and reloads at once: no error, no answer mixed of two snapshots, one writer at a time."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from embeddings import Encoder
from rag.errors import Locked
from rag.indexing import LOCK
from rag.reply import answer_as_json
from rag.retriever import Retriever
from rag.snapshot import CURRENT, SNAPSHOTS, current_path, open_current, point_to
from tests.api.conftest import Server, eventually, serving
from tests.faults.conftest import LONG, Tried
from tests.faults.stand import Run
from tests.faults.world import QUESTIONS, ROOT, World, answers_of, write_articles

CLIENTS = 16
FEW = 4  # where it is not their number that matters
INDEXED = 20 if LONG else 2
STORM = 100
FOLLOWED = 100 if LONG else 3
POOLS = 8  # threads that a server may still start
VANISHED = 1000 if LONG else 100
PROGRAM = [sys.executable, "-c", "from rag.cli import main; main()"]

Exact = dict[tuple[str, str], list[Any]]
"""The passages of each question by each index."""


def exact_answers(world: World, encoder: Encoder) -> Exact:
    """Return what each of the two indexes answers when nothing else is going on."""
    exact: Exact = {}
    for data in (world.data, world.after):
        with closing(open_current(data, encoder)) as snapshot:
            retriever = Retriever(snapshot, encoder)
            for question in QUESTIONS:
                reply = answer_as_json(retriever.ask(question, 50), snapshot, 0)
                exact[snapshot.id, question] = shown(reply)
    return exact


def shown(reply: dict[str, Any]) -> list[Any]:
    """Return what a reader sees of a reply: every passage, its score and its citation."""
    return [[hit["rank"], hit["score"], hit["text"], hit["citation"]["id"]] for hit in reply["passages"]]


class Askers:
    """Clients that ask without a pause until the block ends, and compare every reply."""

    def __init__(self, server: Server, exact: Exact, clients: int = CLIENTS) -> None:
        self.replies = 0
        self.wrong: list[str] = []
        self._server, self._exact, self._stop = server, exact, threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(seed,)) for seed in range(clients)]

    def __enter__(self) -> "Askers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, seed: int) -> None:
        draw = random.Random(seed)
        with self._server.client() as http:
            while not self._stop.is_set():
                question = draw.choice(QUESTIONS)
                try:
                    reply = http.post("/v1/ask", json={"question": question, "k": 50})
                    found = reply.json()
                    if shown(found) != self._exact[found["index"]["id"], question]:
                        self.wrong.append(f"mixed: {reply.text}")
                except (httpx.HTTPError, KeyError, ValueError) as error:
                    self.wrong.append(repr(error))
                self.replies += 1


@pytest.fixture
def articles(world: World, tmp_path: Path) -> Path:
    """Return articles that a test may change; they begin as those of the standing index."""
    folder = tmp_path / "articles"
    write_articles(folder, changed=False)
    return folder


def test_every_reply_during_reindexing_is_of_exactly_one_snapshot(
    world: World,
    data: Path,
    articles: Path,
    tmp_path: Path,
    encoder: Encoder,
    tried: Tried,
) -> None:
    exact = exact_answers(world, encoder)
    with serving(data, tmp_path) as server, server.client() as http, Askers(server, exact) as askers:
        for turn in range(INDEXED):
            write_articles(articles, changed=turn % 2 == 0)
            program = [*PROGRAM, "index", articles, "--data", data, "--json"]
            ran = subprocess.run(program, cwd=ROOT, check=True, capture_output=True)
            wanted = json.loads(ran.stdout)["index"]
            assert eventually(lambda wanted=wanted: served(http) == wanted)
    tried(askers.replies)
    assert askers.replies > CLIENTS
    assert not askers.wrong, f"{len(askers.wrong)} of {askers.replies}: {askers.wrong[:3]}"


def served(http: httpx.Client) -> str:
    return str(http.get("/readyz").json()["index"]["id"])


def both_snapshots(world: World, data: Path) -> list[str]:
    """Put the other snapshot beside the current one; return the names of both, the current one first."""
    new = current_path(world.after)
    shutil.copytree(new, data / SNAPSHOTS / new.name)
    return [(data / CURRENT).read_text().strip(), new.name]


def test_a_storm_of_reloads_loses_no_request_and_ends_at_the_last(
    world: World, data: Path, tmp_path: Path, encoder: Encoder, tried: Tried
) -> None:
    names = both_snapshots(world, data)
    with serving(data, tmp_path) as server, server.client() as http:
        first = served(http)
        with Askers(server, exact_answers(world, encoder), FEW) as askers:
            for turn in range(STORM + 1):
                point_to(data, names[turn % 2])
            point_to(data, names[1])
            assert eventually(lambda: served(http) != first)
        assert http.get("/readyz").json()["refused"] is None
    tried(STORM)
    assert not askers.wrong, f"{len(askers.wrong)} of {askers.replies}: {askers.wrong[:3]}"


def test_reloads_followed_one_by_one_leave_no_file_and_no_thread_open(
    world: World, data: Path, tmp_path: Path, encoder: Encoder, tried: Tried
) -> None:
    names = both_snapshots(world, data)
    with serving(data, tmp_path) as server, server.client() as http:
        files, mapped, threads = held(server)
        with Askers(server, exact_answers(world, encoder), FEW) as askers:
            for turn in range(FOLLOWED):
                before = served(http)
                point_to(data, names[(turn + 1) % 2])
                assert eventually(lambda before=before: served(http) != before)
        assert not askers.wrong, f"{len(askers.wrong)} of {askers.replies}: {askers.wrong[:3]}"
        # Connections come and go, pools of threads fill up; what is mapped is one snapshot, as at the start.
        bounds = (files + POOLS, mapped, threads + POOLS)
        assert eventually(lambda: all(now <= most for now, most in zip(held(server), bounds, strict=True)))
    tried(FOLLOWED)


def held(server: Server) -> tuple[int, int, int]:
    """Return how many files, file mappings and threads a server holds."""
    process = Path(f"/proc/{server.process.pid}")
    mapped = [line for line in (process / "maps").read_text().splitlines() if f"/{SNAPSHOTS}/" in line]
    return len(os.listdir(process / "fd")), len(mapped), len(os.listdir(process / "task"))


def test_clients_that_vanish_leave_a_server_that_answers(data: Path, tmp_path: Path, tried: Tried) -> None:
    body = json.dumps({"question": QUESTIONS[0], "k": 50}).encode()
    head = b"POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    whole = head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    draw = random.Random(3)
    with serving(data, tmp_path) as server, server.client() as http:
        assert http.get("/readyz").status_code == 200
        before = held(server)
        for _ in range(VANISHED):
            with socket.create_connection(("127.0.0.1", server.port)) as client:
                client.sendall(whole[: draw.randrange(1, len(whole) + 200)])
                if draw.random() < 0.5:  # without a farewell
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        assert http.post("/v1/ask", json={"question": QUESTIONS[0]}).status_code == 200
        assert eventually(lambda: held(server)[0] <= before[0])
        assert "Traceback" not in server.log.read_text()
    tried(VANISHED)


def test_of_two_indexers_one_works_and_the_other_exits_with_75(
    world: World, data: Path, articles: Path, encoder: Encoder, ibid: Run
) -> None:
    (articles / "long.txt").write_text(" ".join(f"Voici la phrase numéro {n}." for n in range(2000)), "utf-8")
    with subprocess.Popen(
        [*PROGRAM, "index", articles, "--data", data], cwd=ROOT, stderr=subprocess.PIPE
    ) as one:
        try:
            assert eventually(lambda: locked(data / LOCK))
            one.send_signal(signal.SIGSTOP)
            other = ibid("index", world.articles, "--data", data, folder=data)
            assert other.code == Locked.exit_code
            assert str(data) in other.stderr
            assert answers_of(data, encoder) == world.old
            one.send_signal(signal.SIGCONT)
            assert one.wait(120) == 0
        finally:
            one.kill()
    assert ibid("index", world.articles, "--data", data, folder=data).code == 0
    assert answers_of(data, encoder) == world.new


def locked(path: Path) -> bool:
    """Whether some process holds the lock, without touching it."""
    if not path.exists():
        return False
    time.sleep(0.01)
    return f":{path.stat().st_ino} " in Path("/proc/locks").read_text()
