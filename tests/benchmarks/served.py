"""A server as a process: from its start to its first answer, what it holds, its end."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from tests.benchmarks.load import Address, ask

PATIENCE_SECONDS = 180
FIRST = "Qui a signé l'accord ?"


@dataclass(frozen=True)
class Served:
    """A server that answers.

    Attributes:
        address: where.
        seconds: from the start of its process to its first answer over HTTP.
        process: its number.

    """

    address: Address
    seconds: float
    process: int

    def memory(self) -> tuple[int, int]:
        """Return resident and proportional bytes of the process and all its children."""
        found = [_memory(process) for process in _family(self.process)]
        return sum(rss for rss, _ in found), sum(pss for _, pss in found)


@contextmanager
def served(
    command: Sequence[str], environment: Mapping[str, str], files: Path, cold: bool = False
) -> Iterator[Served]:
    """Start `command`, "PORT" in it replaced, and wait for its first answer.

    With `cold`, the pages of `files` are dropped from the cache before.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()
    if cold:
        drop(files)
    # No pipe: nobody reads it, and a server stops once it is full of log.
    said = TemporaryFile()  # noqa: SIM115
    started = time.perf_counter()
    process = subprocess.Popen(
        [word.replace("PORT", str(address[1])) for word in command],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=said,
        start_new_session=True,
    )
    try:
        yield Served(address, _first_answer(process, address, started, said), process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _first_answer(
    process: "subprocess.Popen[bytes]", address: Address, started: float, said: IO[bytes]
) -> float:
    while True:
        try:
            ask(address, FIRST)
            return time.perf_counter() - started
        except OSError:
            if process.poll() is not None or time.perf_counter() - started > PATIENCE_SECONDS:
                said.seek(0)
                raise RuntimeError(
                    f"{process.args!r} does not answer\n{said.read()[-2000:].decode()}"
                ) from None
            time.sleep(0.01)


def drop(folder: Path) -> None:
    """Drop the pages of all files below a folder from the page cache."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def _family(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")  # each thread has its own
    children = [int(child) for task in tasks for child in task.read_text().split()]
    return [process, *(one for child in children for one in _family(child))]


def _memory(process: int) -> tuple[int, int]:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines[1:]}
    return sizes["Rss"], sizes["Pss"]
