"""How far a run has come."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


def untold(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def telling(items: Sequence[Item], stage: str, progress: Progress) -> Iterator[Item]:
    """Yield the items, and tell of each when the next one is asked for."""
    for done, item in enumerate(items, start=1):
        yield item
        progress(stage, done, len(items))
