"""What the benchmark asks of each system, and the variants of it that are compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

# Question or passages in, one vector each out.
Embed = Callable[[Sequence[str]], list[list[float]]]


@dataclass(frozen=True)
class Article:
    """One article: the name it is told by, and its text."""

    source: str
    text: str


@dataclass(frozen=True)
class Found:
    """A passage returned for a question."""

    source: str
    text: str


@dataclass(frozen=True)
class Variant:
    """How a system is set up.

    Attributes:
        model: a folder that sentence-transformers can load.
        embed: used in place of the model where the system takes a function, None for its own way.
        hybrid: whether words are searched beside vectors, as the system's documentation shows.

    """

    model: str
    embed: Embed | None
    hybrid: bool


class System(Protocol):
    """A retrieval system with an index that outlives its process."""

    def __init__(self, variant: Variant) -> None: ...

    def cut(self, articles: Sequence[Article]) -> int:
        """Cut articles into passages, in the system's documented way; return how many."""

    def index(self, folder: Path) -> None:
        """Embed the passages and write the index into a folder."""

    def open(self, folder: Path) -> None:
        """Open the index of a folder."""

    def ask(self, question: str, k: int) -> list[Found]:
        """Return the best passages, best first."""
