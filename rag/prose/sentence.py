"""A sentence of prose that may be shown, and how the prose ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

# Why a sentence was dropped. "markup" also means links and characters that nobody sees.
Fault = Literal["uncited", "unknown-citation", "markup", "unsupported"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence whose claims stand in the passages it cites; `citations` are ids of the reply's passages."""

    text: str
    citations: tuple[str, ...]

    @staticmethod
    def of(sent: Mapping[str, Any]) -> "Sentence":
        """Read a sentence from its JSON form."""
        return Sentence(sent["text"], tuple(sent["citations"]))


@dataclass(frozen=True, slots=True)
class Ending:
    """The last word on the prose.

    Attributes:
        shown: sentences that passed.
        dropped: sentences that did not, counted by their fault.
        reason: why there is no more; None where the model came to its end.

    """

    shown: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    reason: str | None = None

    @staticmethod
    def of(sent: Mapping[str, Any]) -> "Ending":
        """Read an ending from its JSON form."""
        return Ending(sent["shown"], sent["dropped"], sent["reason"])
