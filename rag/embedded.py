"""What is embedded of each passage."""

from collections.abc import Mapping, Sequence
from typing import overload

from rag.documents import Document
from rag.passages import Passage


class EmbeddedTexts(Sequence[str]):
    """The texts that are embedded, one for each passage; each is made when it is asked for."""

    def __init__(self, documents: Mapping[str, Document], passages: Sequence[Passage]) -> None:
        self._documents, self._passages = documents, passages

    def __len__(self) -> int:
        return len(self._passages)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self._text(passage) for passage in self._passages[place]]
        return self._text(self._passages[place])

    def _text(self, passage: Passage) -> str:
        """Return the passage under its article's title: without it it has lost its subject."""
        document = self._documents[passage.document_id]
        text, title = passage.span.slice(document.text), document.metadata.title
        return text if title is None or passage.boilerplate or title in text else f"{title}\n{text}"
