"""A small library: a folder of articles and the index made of it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.index import Index
from rag.indexing import build_index
from rag.location import location_of
from rag.report import Report
from rag.retriever import Retriever
from rag.settings import Settings
from tests.letters import LetterEncoder

ENCODER = LetterEncoder()


@dataclass(frozen=True)
class Library:
    """A folder of articles, the data folder of its index, and its address where it lies in Milvus."""

    articles: Path
    data: Path
    encoder: LetterEncoder = ENCODER
    address: str | None = None

    @property
    def settings(self) -> Settings:
        return Settings(data=self.data, index=self.address)

    def write(self, **texts: str) -> None:
        """Write articles, one file for each name, every character as given."""
        for name, text in texts.items():
            (self.articles / f"{name}.txt").write_bytes(text.encode())

    def index(self) -> Report:
        return build_index([self.articles], self.settings, self.encoder)

    @contextmanager
    def opened(self) -> Iterator[Index]:
        with closing(location_of(self.settings).open(self.encoder)) as snapshot:
            yield snapshot

    @contextmanager
    def retriever(self) -> Iterator[Retriever]:
        with self.opened() as snapshot:
            yield Retriever(snapshot, self.encoder)


def new_library(folder: Path, address: str | None = None) -> Library:
    """Return a library without articles, in a new folder."""
    library = Library(folder / "articles", folder / "data", address=address)
    library.articles.mkdir(parents=True)
    return library
