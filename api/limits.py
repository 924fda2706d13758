"""How much one client and all clients together may ask for."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from api.problems import Problem

WINDOW_SECONDS = 60.0
MAX_CLIENTS = 1_000  # addresses remembered: about 20 MB at the worst, 600 times of 32 bytes each
BUSY_SECONDS = 1  # a full queue of 64 is worked off in well under a second

T = TypeVar("T")


class RateLimit:
    """At most `per_minute` requests of one client in any 60 seconds."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, client: str, count: int = 1) -> None:
        """Count `count` requests at once.

        Raises:
            Problem: 429 with the seconds to wait; 413 where no wait is long enough.

        """
        if count > self.per_minute:
            raise Problem("too-large", f"At most {self.per_minute} questions at once.")
        now = self._clock()
        times = self._times_of(client)
        while times and times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        if len(times) + count > self.per_minute:
            enough = times[len(times) + count - self.per_minute - 1]
            wait = int(enough + WINDOW_SECONDS - now) + 1
            raise Problem(
                "too-many-requests",
                f"At most {self.per_minute} requests a minute; try again in {wait} s.",
                headers={"Retry-After": str(wait)},
            )
        times.extend([now] * count)

    def _times_of(self, client: str) -> deque[float]:
        times = self._seen.setdefault(client, deque())
        self._seen.move_to_end(client)
        if len(self._seen) > MAX_CLIENTS:
            self._seen.popitem(last=False)
        return times


class WorkQueue:
    """One thread for all work on the index, and a bounded number of requests waiting for it.

    One thread, because two encodings at once are slower than one after the other on two cores.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.waiting = 0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="index")

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work in the thread. Raises Problem (503) when too many already wait."""
        if self.waiting >= self.limit:
            raise Problem(
                "busy",
                f"{self.limit} requests are waiting; try again in {BUSY_SECONDS} s.",
                headers={"Retry-After": str(BUSY_SECONDS)},
            )
        self.waiting += 1
        future = self._thread.submit(work)
        loop = asyncio.get_running_loop()
        # Counted until the work ends, also when the client has gone and nobody awaits it.
        future.add_done_callback(lambda done: self._leave(loop, done))
        return await asyncio.wrap_future(future)

    def _leave(self, loop: asyncio.AbstractEventLoop, done: Future[T]) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._count_down)

    def _count_down(self) -> None:
        self.waiting -= 1

    def close(self) -> None:
        """Let the running work end and drop what waits."""
        self._thread.shutdown(wait=True, cancel_futures=True)
