"""Milvus's own core, C++, from the package milvus-lite 2.5.1, as a server in a process of its own."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

START_SECONDS = 60


class Engine:
    """A server that can be stopped and started again over the same files."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def address(self, name: str) -> str:
        return f"milvus://127.0.0.1:{self._port}/{name}"

    def start(self) -> None:
        spec = find_spec("milvus_lite")
        assert spec
        assert spec.submodule_search_locations
        # Without the package around it, which needs a part of setuptools that is no more.
        programs = Path(spec.submodule_search_locations[0], "lib")
        self._process = subprocess.Popen(
            [programs / "milvus", self._folder / "milvus.db", f"127.0.0.1:{self._port}", "ERROR"],
            env={**os.environ, "LD_LIBRARY_PATH": str(programs)},
            cwd=self._folder,
        )
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, "the engine does not start"
            assert time.monotonic() < end, "the engine does not answer"
            time.sleep(0.05)

    def stop(self) -> None:
        """End it in the middle of whatever it does."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self._port)) == 0


@contextmanager
def running(folder: Path) -> Iterator[Engine]:
    engine = Engine(folder)
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
