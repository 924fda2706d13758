"""Passages: slices of a document, made of whole sentences."""
from dataclasses import dataclass

from rag.spans import Span


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of a document.

    Attributes:
        document_id: the document it is cut from.
        span: its place in the document's text.
        sentences: the sentences it is made of, in the document's offsets, in order.
        boilerplate: whether it stands in a part that was set aside.

    """

    document_id: str
    span: Span
    sentences: tuple[Span, ...]
    boilerplate: bool = False
