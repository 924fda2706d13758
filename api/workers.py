"""Workers: other processes that answer on the same address, each mapping the same index files.

One process answers on one core at a time, because Python has one lock.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

from api.logs import SERVICE

PAUSE_SECONDS = 1.0  # before a worker that ended is started again: it may end at once each time
# A new interpreter each: threads of the model, of FAISS and of tantivy do not survive a fork.
SPAWN = multiprocessing.get_context("spawn")


@contextmanager
def workers(count: int, work: Callable[[], None]) -> Iterator[None]:
    """Do `work`, which ends at SIGTERM, in so many processes until the block ends; replace those that die."""
    # A new interpreter looks first in the folder the server was started in: nothing there must be run.
    os.environ["PYTHONSAFEPATH"] = "1"
    kept = [_Kept(work) for _ in range(count)]
    try:
        yield
    finally:
        for one in kept:
            one.end()
        for one in kept:
            one.join()


class _Kept(threading.Thread):
    """A process and the one after it, watched by a thread."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(name="worker", daemon=True)
        self._work = work
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self.start()

    def run(self) -> None:
        while process := self._next():
            process.join()
            if not self._ending.wait(PAUSE_SECONDS):
                SERVICE.error("worker ended", extra={"fields": {"code": process.exitcode}})

    def end(self) -> None:
        with self._lock:
            self._ending.set()
            if self._process:
                self._process.terminate()

    def _next(self) -> BaseProcess | None:
        with self._lock:  # or one would start just after the others were ended
            if self._ending.is_set():
                return None
            self._process = SPAWN.Process(target=_with_its_parent, args=(self._work,), daemon=True)
            self._process.start()
            return self._process


def _with_its_parent(work: Callable[[], None]) -> None:
    """Work until SIGTERM, which comes from the parent, or instead of it where the parent was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all: the parent then ends the others
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent:
            parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
    work()
