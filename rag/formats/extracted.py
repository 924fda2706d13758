"""What is extracted from a file that is not plain text."""

from dataclasses import dataclass, field


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
