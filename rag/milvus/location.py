"""An index in Milvus: written aside, verified, put in use in one row; the one before removed."""

import time
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
from pydantic import SecretStr

from embeddings import Encoder, Halves
from rag.errors import SnapshotError, SnapshotMissing
from rag.index import Index
from rag.lexical import field_of
from rag.manifest import Manifest, parse_manifest, parse_roots
from rag.milvus.articles import about_rows, article_rows, read_about, read_stretch
from rag.milvus.connection import PATIENCE, Connection, Row
from rag.milvus.generation import (
    NO_VECTOR,
    UNUSED,
    Generation,
    create_catalogue,
    create_collections,
    generations,
)
from rag.milvus.passages import frequencies, passage_rows
from rag.milvus.snapshot import MilvusSnapshot, sound_manifest
from rag.snapshot import NEW
from rag.snapshot_writer import Contents
from rag.vocabulary import Gathered

# Rows sent at once: a passage takes three to five kilobytes, an article's piece up to 64.
PASSAGES_AT_ONCE = 500
PIECES_AT_ONCE = 50


class Milvus:
    """An index at `milvus://HOST:PORT/NAME`, to which one run writes at a time; see `rag.location`."""

    def __init__(self, address: str, token: SecretStr | None = None) -> None:
        self._address, self._token = address, token

    @cached_property
    def _connection(self) -> Connection:
        return Connection(self._address, self._token)

    def pointer(self) -> str | None:
        """Return the generation in use; None where there is none. Raises IndexUnreachable."""
        current = self._connection.current()
        return str(current.number) if current else None

    def open(self, encoder: Encoder) -> Index:
        """Open the generation in use. Raises SnapshotError, IndexUnreachable."""
        return MilvusSnapshot(self._connection, self._current(), encoder)

    def roots(self) -> list[Path]:
        """Return the paths the generation in use was made from. Raises SnapshotError, IndexUnreachable."""
        about = read_about(self._connection, self._current())
        return parse_roots(about.get("manifest", ""), self._address)

    def model(self) -> str:
        """Return the name of the model that made the generation in use. Raises as `roots`."""
        about = read_about(self._connection, self._current())
        return parse_manifest(about.get("manifest", ""), self._address).model.name

    def before(self) -> tuple[Manifest | None, dict[str, str]]:
        """Return the manifest and the digest of each article by source, if what is in use is sound."""
        connection = self._connection
        try:
            current = self._current()
            manifest = sound_manifest(connection, current, read_about(connection, current))
        except SnapshotError:
            return None, {}
        documents = read_stretch(connection, current, 0, manifest.counts.documents)
        return manifest, {document.source: document.digest for document in documents}

    def write(self, contents: Contents, vectors: Halves, manifest: Manifest, encoder: Encoder) -> None:
        """Write a generation and put it in use.

        Raises:
            IndexUnreachable, SnapshotError: it cannot be written, or reads otherwise; the old one stands.

        """
        connection, former = self._connection, self._connection.current()
        # Clocks of two machines may differ: what is newer must have the greater number.
        number = max(time.time_ns() // 1000, former.number + 1 if former else 0)
        generation = Generation(connection.name, number)
        with connection.reaching():
            of_words = encoder.lexicon.dimension if encoder.lexicon else len(NO_VECTOR)
            create_collections(connection.client, generation, encoder.dimension, of_words, PATIENCE)
        gathered = contents.gathered()
        terms = list(_term_rows(contents, gathered, encoder))
        about = {"manifest": manifest.to_json(), "terms": len(terms), "facets": _facets(contents)}
        self._insert(generation.articles, article_rows(contents.documents), PIECES_AT_ONCE)
        self._insert(generation.articles, about_rows(about), PIECES_AT_ONCE)
        self._insert(generation.passages, passage_rows(contents, vectors, gathered), PASSAGES_AT_ONCE)
        self._insert(generation.terms, terms, PASSAGES_AT_ONCE)
        MilvusSnapshot(connection, generation, encoder).close()
        with connection.reaching():
            if not connection.client.has_collection(connection.name, timeout=PATIENCE):
                create_catalogue(connection.client, connection.name, PATIENCE)
        self._insert(connection.name, [{"generation": generation.number, UNUSED: NO_VECTOR}], 1)

    def sweep(self) -> None:
        """Remove every generation but that in use. Raises IndexUnreachable."""
        connection, keep = self._connection, self._connection.current()
        with connection.reaching():
            present = connection.client.list_collections(timeout=PATIENCE)
            for old in generations(connection.name, present) - {keep}:
                for name in old.collections:
                    if name in present:
                        connection.client.drop_collection(name, timeout=PATIENCE)
            if keep:
                older = f"generation < {keep.number}"
                connection.client.delete(connection.name, filter=older, timeout=PATIENCE)

    @property
    def removal(self) -> str:
        """Return which collections to drop."""
        name = self._connection.name
        return f"drop the collections {name} and {name}_* in Milvus, and remove the data folder"

    def _current(self) -> Generation:
        if (current := self._connection.current()) is None:
            raise SnapshotMissing(f"there is no index at {self._address}", NEW)
        return current

    def _insert(self, collection: str, rows: Iterable[Row], at_once: int) -> None:
        for batch in _batches(rows, at_once):
            with self._connection.reaching():
                self._connection.client.insert(collection, batch, timeout=PATIENCE)


def _term_rows(contents: Contents, gathered: Gathered, encoder: Encoder) -> Iterator[Row]:
    held, number, lexicon = frequencies(contents), 0, encoder.lexicon
    dimension = lexicon.dimension if lexicon else len(NO_VECTOR)
    for field, terms in gathered.forms.items():
        vectors = np.zeros((len(terms), dimension), dtype=np.float32)
        if lexicon is not None and field in lexicon.languages and terms:
            vectors = gathered.vectors(field, lexicon)
        for term, vector in zip(terms, vectors, strict=True):
            yield {
                "id": number,
                "field": field,
                "term": term,
                "frequency": held[field][term],
                "vector": vector,
            }
            number += 1


def _facets(contents: Contents) -> dict[str, list[str]]:
    known = [document.metadata for document in contents.documents]
    languages = sorted({one.language for one in known if one.language})
    return {
        "outlet": sorted({one.outlet for one in known if one.outlet}),
        "language": languages,
        "fields": sorted({field_of(language) for language in languages}),
    }


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, size)):
        yield batch
