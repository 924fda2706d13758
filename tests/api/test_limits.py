"""The rate limit against a plain count, the queue with real threads."""

import asyncio
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.limits import MAX_CLIENTS, WINDOW_SECONDS, RateLimit, WorkQueue
from api.problems import Problem


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def allowed(limit: RateLimit, client: str) -> bool:
    try:
        limit.check(client)
    except Problem as problem:
        return problem.kind.status != 429
    return True


@given(
    steps=st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 40)), max_size=60),
    per_minute=st.integers(1, 5),
)
def test_no_minute_holds_more_than_allowed(steps: list[tuple[str, float]], per_minute: int) -> None:
    clock = Clock()
    limit = RateLimit(per_minute, clock)
    granted: dict[str, list[float]] = {"a": [], "b": []}
    for client, pause in steps:
        clock.now += pause
        recent = [t for t in granted[client] if t > clock.now - WINDOW_SECONDS]
        assert allowed(limit, client) == (len(recent) < per_minute)
        if len(recent) < per_minute:
            granted[client].append(clock.now)


def test_after_the_stated_wait_a_client_is_served_again() -> None:
    clock = Clock()
    limit = RateLimit(1, clock)
    limit.check("a")
    with pytest.raises(Problem) as refusal:
        limit.check("a")
    clock.now += int(refusal.value.headers["Retry-After"])
    limit.check("a")


def test_clients_remembered_are_bounded() -> None:
    limit = RateLimit(1, Clock())
    for number in range(MAX_CLIENTS + 100):
        limit.check(str(number))
    assert not allowed(limit, str(MAX_CLIENTS))
    assert allowed(limit, "0")


def test_work_beyond_the_limit_is_refused_and_the_rest_is_done_in_order() -> None:
    async def scenario() -> tuple[list[int], Problem]:
        queue, gate, done = WorkQueue(3), threading.Event(), list[int]()

        def work(number: int) -> None:
            gate.wait()
            done.append(number)

        tasks = [asyncio.create_task(queue.run(lambda n=number: work(n))) for number in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Problem) as refusal:
            await queue.run(lambda: None)
        gate.set()
        await asyncio.gather(*tasks)
        await asyncio.sleep(0.01)
        assert await queue.run(lambda: "free again") == "free again"
        queue.close()
        return done, refusal.value

    done, refusal = asyncio.run(scenario())
    assert done == [0, 1, 2]
    assert (refusal.slug, refusal.headers["Retry-After"]) == ("busy", "1")


def test_work_of_a_client_that_left_still_counts_until_it_ends() -> None:
    async def scenario() -> None:
        queue, gate = WorkQueue(1), threading.Event()
        task = asyncio.create_task(queue.run(gate.wait))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.sleep(0.01)
        with pytest.raises(Problem):
            await queue.run(lambda: None)
        gate.set()
        await asyncio.sleep(0.05)
        assert await queue.run(lambda: 1) == 1
        queue.close()

    asyncio.run(scenario())
