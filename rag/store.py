"""Documents and passages of a snapshot, in one SQLite file that is never changed once written."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from rag.documents import Document, Metadata, SetAside
from rag.filters import Filters
from rag.passages import Passage
from rag.spans import Span

NAME = "articles.sqlite"
# The hits of an answer share articles, and each is read for its passage and for its citation.
REMEMBERED_DOCUMENTS = 16

# The texts stand last: what comes after them is reached by reading over them.
SCHEMA = """
CREATE TABLE documents (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
    title TEXT, outlet TEXT, published_on TEXT, language TEXT, url TEXT, author TEXT,
    copy_of TEXT, text TEXT NOT NULL, set_aside TEXT NOT NULL, notes TEXT NOT NULL
) STRICT;
CREATE TABLE passages (
    ordinal INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents (row),
    "start" INTEGER NOT NULL, "end" INTEGER NOT NULL, boilerplate INTEGER NOT NULL,
    first_sentence INTEGER NOT NULL, sentences TEXT NOT NULL
) STRICT;
CREATE INDEX copies ON documents (copy_of) WHERE copy_of IS NOT NULL;
CREATE INDEX passages_of_document ON passages (document);
"""
DOCUMENT_COLUMNS = (
    "id, source, text, title, outlet, published_on, language, url, author, set_aside, notes, copy_of"
)
PASSAGE_COLUMNS = 'documents.id, "start", "end", boilerplate, sentences'


def write_store(path: Path, documents: Sequence[Document], passages: Iterable[Passage]) -> None:
    """Write documents in the given order, and their passages with ordinals from 0.

    Raises:
        sqlite3.Error: the file cannot be written.

    """
    database = sqlite3.connect(path)
    try:
        database.execute("PRAGMA journal_mode = OFF")
        database.executescript(SCHEMA)
        rows = {document.id: row for row, document in enumerate(documents)}
        slots = ", ".join("?" * (1 + len(DOCUMENT_COLUMNS.split(","))))
        database.executemany(
            f"INSERT INTO documents (row, {DOCUMENT_COLUMNS}) VALUES ({slots})",
            ((row, *document_values(document)) for row, document in enumerate(documents)),
        )
        database.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)", _passage_values(passages, rows)
        )
        database.commit()
    finally:
        database.close()


def document_values(document: Document) -> tuple[Any, ...]:
    """Return a document as plain values, as `document_of` reads them."""
    known = document.metadata
    return (
        document.id,
        document.source,
        document.text,
        known.title,
        known.outlet,
        known.published_on and known.published_on.isoformat(),
        known.language,
        known.url,
        known.author,
        json.dumps([[*label.span, label.reason] for label in document.set_aside]),
        json.dumps(document.notes),
        document.copy_of,
    )


def _passage_values(passages: Iterable[Passage], rows: dict[str, int]) -> Iterable[tuple[Any, ...]]:
    first_sentence = 0
    for ordinal, passage in enumerate(passages):
        sentences = json.dumps(passage.sentences)
        row = rows[passage.document_id]
        yield ordinal, row, *passage.span, int(passage.boilerplate), first_sentence, sentences
        first_sentence += len(passage.sentences)


class Place(NamedTuple):
    """Where a passage stands: its document's row and metadata, the rows of its sentences."""

    ordinal: int
    document: int
    language: str | None
    title: str | None
    published_on: str | None
    first_sentence: int
    sentences: int


class Store:
    """The documents and passages of a snapshot, read-only.

    Raises:
        sqlite3.Error: the file is not a store.

    """

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1",
            uri=True,
            # SQLite serialises access itself; the server answers in other threads than it opens in.
            check_same_thread=False,
        )
        self._document = lru_cache(REMEMBERED_DOCUMENTS)(partial(_document, self._database))

    def close(self) -> None:
        """Release the file."""
        self._database.close()

    def document(self, document_id: str) -> Document | None:
        """Return a document by id."""
        return self._document(document_id)

    def documents(self, offset: int, limit: int) -> list[Document]:
        """Return documents ordered by source."""
        query = f"SELECT {DOCUMENT_COLUMNS} FROM documents ORDER BY row LIMIT ? OFFSET ?"
        return [document_of(found) for found in self._database.execute(query, (limit, offset))]

    def digests(self) -> dict[str, str]:
        """Return `Document.digest` of each document by its source."""
        found = map(document_of, self._database.execute(f"SELECT {DOCUMENT_COLUMNS} FROM documents"))
        return {document.source: document.digest for document in found}

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return the passages of a document: the body's in reading order, then those set aside."""
        query = (
            f"SELECT {PASSAGE_COLUMNS} FROM passages JOIN documents ON document = row"
            " WHERE documents.id = ? ORDER BY ordinal"
        )
        return [_passage(found) for found in self._database.execute(query, (document_id,))]

    def passage(self, ordinal: int) -> Passage:
        """Return a passage by its ordinal."""
        query = f"SELECT {PASSAGE_COLUMNS} FROM passages JOIN documents ON document = row WHERE ordinal = ?"
        return _passage(self._database.execute(query, (ordinal,)).fetchone())

    def places_of(self, ordinals: Sequence[int]) -> list[Place]:
        """Return where each of these passages, given in order, stands."""
        query = (
            "SELECT ordinal, document, language, title, published_on, first_sentence,"
            " json_array_length(sentences) FROM passages JOIN documents ON document = row"
            " WHERE ordinal IN (SELECT value FROM json_each(?)) ORDER BY ordinal"
        )
        return [Place(*found) for found in self._database.execute(query, (json.dumps(list(ordinals)),))]

    def originals(self) -> dict[int, int]:
        """Return for the row of each article that has copies, or is one, the row of the original."""
        query = (
            "SELECT copies.row, originals.row FROM documents AS copies JOIN documents AS originals"
            " ON copies.copy_of = originals.id"
        )
        found: dict[int, int] = dict(self._database.execute(query))
        return found | {row: row for row in found.values()}

    def copies_of(self, document_id: str) -> list[Document]:
        """Return the other articles that say the same, the oldest first, undated ones last."""
        query = (
            "WITH cluster AS (SELECT coalesce(copy_of, id) AS original FROM documents WHERE id = ?1)"
            f" SELECT {DOCUMENT_COLUMNS} FROM documents, cluster WHERE id <> ?1"
            " AND (id = original OR copy_of = original) ORDER BY published_on IS NULL, published_on, row"
        )
        return [document_of(found) for found in self._database.execute(query, (document_id,))]

    def facets(self) -> dict[str, list[str]]:
        """Return the values of outlet and language present, sorted."""
        return {
            field: [
                value
                for (value,) in self._database.execute(
                    f"SELECT DISTINCT {field} FROM documents WHERE {field} IS NOT NULL ORDER BY 1"
                )
            ]
            for field in ("outlet", "language")
        }

    def rows_matching(self, filters: Filters) -> list[int]:
        """Return the rows of the documents that satisfy the filters.

        A document without a date satisfies no date filter.
        """
        conditions, values = ["1"], []
        for operator, day in ((">=", filters.published_from), ("<=", filters.published_to)):
            if day is not None:
                conditions.append(f"published_on {operator} ?")
                values.append(day.isoformat())
        anyof = (("outlet", filters.outlet), ("language", filters.language), ("id", filters.document_id))
        for field, wanted in anyof:
            if wanted:
                conditions.append(f"{field} IN (SELECT value FROM json_each(?))")
                values.append(json.dumps(wanted))
        query = f"SELECT row FROM documents WHERE {' AND '.join(conditions)} ORDER BY row"
        return [row for (row,) in self._database.execute(query, values)]

    def ordinals_of(self, rows: Sequence[int], boilerplate: bool) -> list[int]:
        """Return the sorted ordinals of the passages of these documents, set-aside parts or not."""
        query = (
            "SELECT ordinal FROM passages WHERE document IN (SELECT value FROM json_each(?))"
            " AND boilerplate <= ? ORDER BY ordinal"
        )
        return [
            ordinal
            for (ordinal,) in self._database.execute(query, (json.dumps(list(rows)), int(boilerplate)))
        ]


def _document(database: sqlite3.Connection, document_id: str) -> Document | None:
    query = f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE id = ?"
    found = database.execute(query, (document_id,)).fetchone()
    return None if found is None else document_of(found)


def document_of(row: Sequence[Any]) -> Document:
    """Return the document of these plain values."""
    identity, source, text, title, outlet, published_on, language, url, author, *rest = row
    set_aside, notes, copy_of = rest
    day = published_on and date.fromisoformat(published_on)
    return Document(
        id=identity,
        source=source,
        text=text,
        metadata=Metadata(title, outlet, day, language, url, author),
        set_aside=tuple(SetAside(Span(start, end), reason) for start, end, reason in json.loads(set_aside)),
        notes=tuple(json.loads(notes)),
        copy_of=copy_of,
    )


def _passage(row: Sequence[Any]) -> Passage:
    document_id, start, end, boilerplate, sentences = row
    return Passage(
        document_id,
        Span(start, end),
        tuple(Span(*sentence) for sentence in json.loads(sentences)),
        bool(boilerplate),
    )
