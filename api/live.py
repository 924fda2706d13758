"""The index in service, and its replacement while requests are being answered."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.problems import Problem
from rag.retriever import Retriever

NOT_READY = "The index is not loaded yet; try again shortly. GET /readyz says why."


@dataclass(slots=True)
class _Held:
    retriever: Retriever
    users: int = 0
    retired: bool = False


class LiveIndex:
    """Hands out the retriever in service; a replaced one is closed after its last use."""

    def __init__(self, retriever: Retriever | None = None) -> None:
        self._lock = threading.Lock()
        self._held = _Held(retriever) if retriever else None

    @property
    def retriever(self) -> Retriever | None:
        """The retriever in service, to look at only; use `lease` to ask it."""
        held = self._held
        return held.retriever if held else None

    @contextmanager
    def lease(self) -> Iterator[Retriever]:
        """Keep the retriever open while it is used. Raises Problem (503) when there is none."""
        with self._lock:
            held = self._held
            if held is None:
                raise Problem("index-not-ready", NOT_READY, headers={"Retry-After": "5"})
            held.users += 1
        try:
            yield held.retriever
        finally:
            self._give_back(held)

    def replace(self, retriever: Retriever | None) -> None:
        """Put another retriever in service; the old one is closed when its last user is done."""
        with self._lock:
            old, self._held = self._held, _Held(retriever) if retriever else None
            if old is None:
                return
            old.retired = True
            idle = old.users == 0
        if idle:
            old.retriever.snapshot.close()

    def _give_back(self, held: _Held) -> None:
        with self._lock:
            held.users -= 1
            last = held.retired and held.users == 0
        if last:
            held.retriever.snapshot.close()
