"""Parsers side by side, and a memory of what they read."""

from queue import SimpleQueue
from types import TracebackType

from pydantic import TypeAdapter

from embeddings import CORES
from rag.formats.extracted import Extracted
from rag.formats.parser import Parser
from rag.memo import Recall, anew

# A child each, which takes 0.1 GB for ordinary files.
AT_ONCE = min(CORES, 8)
EXTRACTED = TypeAdapter(Extracted)


class Parsers:
    """Reads as many files at once as threads ask for, `AT_ONCE` at most, and none again that is recalled."""

    def __init__(self, recall: Recall = anew) -> None:
        self._recall = recall
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
            sqlite3.Error: as `rag.memo.Memo`.

        """
        return self._recall(EXTRACTED, ["extracted", kind, content], lambda: self._read(kind, content))

    def _read(self, kind: str, content: bytes) -> Extracted:
        parser = self._idle.get()
        try:
            return parser.read(kind, content)
        finally:
            self._idle.put(parser)
