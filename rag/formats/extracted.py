"""What is extracted from a file that is not plain text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a file, what the file states of its article, and notes on what was left out.

    Attributes:
        text: the extracted text; it is what is stored, searched and cited.
        fields: values by the names of `rag.documents.Metadata`, unchecked.
        notes: what was left out or put together.
        outside: start and end of what is not the article, in order, without overlaps.

    """

    text: str
    fields: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    outside: tuple[tuple[int, int], ...] = ()


def extracted_of(plain: Mapping[str, Any]) -> Extracted:
    """Return what `dataclasses.asdict`, through JSON, made of it."""
    outside = tuple((start, end) for start, end in plain["outside"])
    return Extracted(plain["text"], plain["fields"], tuple(plain["notes"]), outside)
