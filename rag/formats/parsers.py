"""Parsers side by side, and a memory of what they read."""

from queue import SimpleQueue
from types import TracebackType

from embeddings import CORES
from rag.formats.cache import ExtractionCache
from rag.formats.extracted import Extracted
from rag.formats.parser import Parser

# A child each, which takes 0.1 GB for ordinary files.
AT_ONCE = min(CORES, 8)


class Parsers:
    """Reads as many files at once as threads ask for, `AT_ONCE` at most, and none again that it knows."""

    def __init__(self, known: ExtractionCache | None = None) -> None:
        self._known = known
        self._parsers = [Parser() for _ in range(AT_ONCE)]
        self._idle: SimpleQueue[Parser] = SimpleQueue()
        for parser in self._parsers:
            self._idle.put(parser)

    def __enter__(self) -> "Parsers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for parser in self._parsers:
            parser.close()

    def read(self, kind: str, content: bytes) -> Extracted:
        """Return what a file of a kind holds, as `Parser.read`.

        Raises:
            Refused: as there.
            sqlite3.Error: as `ExtractionCache`.

        """
        if self._known is not None and (known := self._known.get(kind, content)) is not None:
            return known
        parser = self._idle.get()
        try:
            found = parser.read(kind, content)
        finally:
            self._idle.put(parser)
        if self._known is not None:
            self._known.put(kind, content, found)
        return found
