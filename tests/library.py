"""A small library: a folder of articles and the index made of it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.indexing import build_index
from rag.report import Report
from rag.retriever import Retriever
from rag.settings import Settings
from rag.snapshot import Snapshot, open_current
from tests.letters import LetterEncoder

ENCODER = LetterEncoder()


@dataclass(frozen=True)
class Library:
    """A folder of articles and the data folder of its index."""

    articles: Path
    data: Path
    encoder: LetterEncoder = ENCODER

    def write(self, **texts: str) -> None:
        """Write articles, one file for each name, every character as given."""
        for name, text in texts.items():
            (self.articles / f"{name}.txt").write_bytes(text.encode())

    def index(self) -> Report:
        return build_index([self.articles], Settings(data=self.data), self.encoder)

    @contextmanager
    def opened(self) -> Iterator[Snapshot]:
        with closing(open_current(self.data, self.encoder)) as snapshot:
            yield snapshot

    @contextmanager
    def retriever(self) -> Iterator[Retriever]:
        with self.opened() as snapshot:
            yield Retriever(snapshot, self.encoder)


def new_library(folder: Path) -> Library:
    """Return a library without articles, in a new folder."""
    library = Library(folder / "articles", folder / "data")
    library.articles.mkdir(parents=True)
    return library
