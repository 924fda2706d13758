"""An index in Milvus, opened for reading: the same answers as from a disk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, partial
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings import Encoder, Vectors
from rag.documents import Document
from rag.errors import SnapshotDamaged
from rag.filters import Filters
from rag.manifest import REBUILD, Manifest, parse_manifest
from rag.milvus.articles import read_about, read_articles, read_originals, read_stretch
from rag.milvus.connection import PATIENCE, Connection, Row
from rag.milvus.generation import Generation
from rag.milvus.passages import (
    TermIds,
    any_of,
    asked_weights,
    by_ordinal,
    condition,
    passage_of,
    place_of,
)
from rag.passages import Passage
from rag.query import Alternatives, TermStatistics
from rag.snapshot import check_model
from rag.store import Place
from rag.vectors import halved
from rag.vocabulary import Held, Sentences, Vocabulary

# Passages kept, three to five kilobytes each: what one question found, the next may find too.
REMEMBERED_PASSAGES = 5_000
REMEMBERED_ARTICLES = 500
# What Milvus gives at most for one search.
DEEPEST = 16_384
FIELDS = [
    "ordinal",
    "document",
    "document_id",
    "language",
    "title",
    "published_on",
    "boilerplate",
    "record",
    "vector",
]


def sound_manifest(connection: Connection, generation: Generation, about: dict[str, Any]) -> Manifest:
    """Return the manifest of a generation that is whole.

    Raises:
        SnapshotDamaged: it is not.
        SnapshotMismatch: it was written in another format.

    """
    place = connection.address
    if "manifest" not in about:
        raise SnapshotDamaged(f"{place}: {generation.articles} holds no manifest", REBUILD)
    manifest = parse_manifest(about["manifest"], place)
    expected = {generation.passages: manifest.counts.passages, generation.terms: about["terms"]}
    for collection, count in expected.items():
        if (found := connection.count(collection)) != count:
            message = f"{place}: {collection} holds {found} rows, not {count}"
            raise SnapshotDamaged(message, REBUILD)
    return manifest


@dataclass(slots=True)
class Statistics:
    """How common the terms of an index are; see `rag.query.TermStatistics`."""

    size: int
    fields: tuple[str, ...]
    frequencies: Mapping[str, Mapping[str, int]]

    def document_frequency(self, field: str, term: str) -> int:
        """Return the number of passages that hold a term."""
        return self.frequencies.get(field, {}).get(term, 0)


class MilvusSnapshot:
    """One generation of an index in Milvus; see `rag.index.Index`.

    Raises:
        IndexUnreachable: Milvus does not answer, or no longer holds it.
        SnapshotDamaged: it is not whole.
        SnapshotMismatch: made in another format, or by another model than `encoder`.

    """

    def __init__(self, connection: Connection, generation: Generation, encoder: Encoder) -> None:
        self._connection, self._generation = connection, generation
        about = read_about(connection, generation)
        self.manifest: Manifest = sound_manifest(connection, generation, about)
        check_model(self.manifest, self.place, encoder)
        self._facets: dict[str, list[str]] = about["facets"]
        self._read_terms(about["terms"], with_vectors=encoder.lexicon is not None)
        self._originals = read_originals(connection, generation)
        self._article = lru_cache(REMEMBERED_ARTICLES)(partial(_article, connection, generation))
        self._records: dict[int, Row] = {}
        self._lock = Lock()

    def _read_terms(self, count: int, with_vectors: bool) -> None:
        names: dict[str, list[str]] = {}
        vectors: dict[str, list[Sequence[float]]] = {}
        frequencies: dict[str, dict[str, int]] = {}
        fields = ["field", "term", "frequency", *(["vector"] if with_vectors else [])]
        for row in self._connection.rows_by_number(self._generation.terms, "id", count, fields):
            field = row["field"]
            names.setdefault(field, []).append(row["term"])
            vectors.setdefault(field, []).append(row.get("vector", ()))
            frequencies.setdefault(field, {})[row["term"]] = row["frequency"]
        self.terms: TermStatistics = Statistics(
            self.manifest.counts.passages, tuple(self._facets["fields"]), frequencies
        )
        self.vocabularies: Mapping[str, Vocabulary] = {
            field: Vocabulary(
                found, halved(np.array(vectors[field], dtype=np.float32)) if with_vectors else None
            )
            for field, found in names.items()
        }
        self._ids = TermIds({field: len(found) for field, found in names.items()})

    @property
    def id(self) -> str:
        """Return the digest of articles, settings and model."""
        return self.manifest.id

    @property
    def place(self) -> str:
        """Return the address."""
        return self._connection.address

    @cached_property
    def _places_of_terms(self) -> dict[str, dict[str, int]]:
        return {field: vocabulary.ids for field, vocabulary in self.vocabularies.items()}

    def search(
        self,
        vector: Vectors,
        terms: Alternatives,
        depth: int,
        filters: Filters,
        include_boilerplate: bool,
    ) -> list[int]:
        """Return the sorted ordinals of the passages that satisfy the filters and may answer."""
        within, limit = condition(filters, include_boilerplate), min(depth, DEEPEST)
        found = self._nearest("vector", vector, limit, within)
        if weights := asked_weights(terms, self.terms, self._ids, self._places_of_terms):
            found |= self._nearest("terms", weights, limit, within)
        return sorted(found)

    def _nearest(self, field: str, asked: Vectors | dict[int, float], limit: int, within: str) -> set[int]:
        with self._connection.reaching():
            (hits,) = self._connection.client.search(
                self._generation.passages,
                [asked],
                anns_field=field,
                limit=limit,
                filter=within,
                output_fields=["ordinal"],
                timeout=PATIENCE,
            )
        return {int(hit["entity"]["ordinal"]) for hit in hits}

    def cosines(self, vector: Vectors, ordinals: Sequence[int]) -> npt.NDArray[np.float32]:
        """Return the cosine of a vector (d,) with each of these passages."""
        vectors = np.array([row["vector"] for row in self._rows(ordinals)], dtype=np.float64)
        exact = vectors.reshape(len(ordinals), -1) @ vector.astype(np.float64)
        return np.asarray(exact, dtype=np.float32)

    def places_of(self, ordinals: Sequence[int]) -> list[Place]:
        """Return where each of these passages, given in order, stands."""
        return [place_of(row) for row in self._rows(sorted(ordinals))]

    def sentences_of(self, places: Sequence[Place]) -> Sentences:
        """Return what the sentences of these passages hold, one passage after the other."""
        records = [row["record"] for row in self._rows([place.ordinal for place in places])]
        terms = [held for record in records for held in record["terms"]]
        ids = np.array([one for held in terms for one in held], dtype=np.uint32)
        kinds = np.array([kind for record in records for kind in record["kinds"]], dtype=np.uint8)
        return Sentences(Held(ids, np.array([*map(len, terms)], dtype=np.int64)), kinds)

    def passage(self, ordinal: int) -> Passage:
        """Return a passage by its ordinal."""
        return passage_of(self._rows([ordinal])[0])

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return the passages of a document: the body's in reading order, then those set aside."""
        rows = self._fetch(f"document_id in {any_of([document_id])}")
        return [passage_of(row) for _, row in sorted(by_ordinal(rows).items())]

    def _rows(self, ordinals: Iterable[int]) -> list[Row]:
        """Return the rows of these passages, in this order."""
        wanted = list(ordinals)
        with self._lock:
            found = {ordinal: self._records[ordinal] for ordinal in wanted if ordinal in self._records}
        if missing := [ordinal for ordinal in wanted if ordinal not in found]:
            fetched = by_ordinal(self._fetch(f"ordinal in {any_of(missing)}"))
            found |= fetched
            with self._lock:
                if len(self._records) + len(fetched) > REMEMBERED_PASSAGES:
                    self._records.clear()
                self._records |= fetched
        try:
            return [found[ordinal] for ordinal in wanted]
        except KeyError as error:
            raise SnapshotDamaged(f"{self.place}: passage {error} is missing", REBUILD) from None

    def _fetch(self, wanted: str) -> list[Row]:
        return self._connection.rows(self._generation.passages, wanted, FIELDS)

    def document(self, document_id: str) -> Document | None:
        """Return a document by id."""
        return self._article(document_id)

    def documents(self, offset: int = 0, limit: int = 50) -> list[Document]:
        """Return documents ordered by source."""
        end = min(offset + limit, self.manifest.counts.documents)
        return read_stretch(self._connection, self._generation, offset, end)

    def matching(self, filters: Filters) -> int:
        """Return how many articles satisfy the filters; one without a passage is not counted."""
        within = condition(filters, include_boilerplate=True) or "ordinal >= 0"
        rows = self._connection.rows(self._generation.passages, within, ["document"])
        return len({row["document"] for row in rows})

    def originals(self) -> dict[int, int]:
        """Return for the row of each article that has copies, or is one, the row of the original."""
        return self._originals

    def copies_of(self, document_id: str) -> list[Document]:
        """Return the other articles that say the same, the oldest first, undated ones last."""
        document = self.document(document_id)
        original = self.document(document.copy_of) if document and document.copy_of else document
        if original is None:
            return []
        within = f'original >= 0 and id == "{original.id}"'
        rows = [row for row, _ in read_articles(self._connection, self._generation, within)]
        cluster = [row for row, of in self._originals.items() if of in rows]
        if not cluster:
            return []
        found = read_articles(self._connection, self._generation, f"row in {any_of(cluster)}")
        others = [(row, one) for row, one in found if one.id != document_id]
        return [one for _, one in sorted(others, key=_oldest_first)]

    def facets(self) -> dict[str, list[str]]:
        """Return the values of outlet and language present, sorted."""
        return {name: self._facets[name] for name in ("outlet", "language")}

    def close(self) -> None:
        """Let go of what is remembered; the connection belongs to who made it."""
        with self._lock:
            self._records.clear()
        self._article.cache_clear()


def _article(connection: Connection, generation: Generation, document_id: str) -> Document | None:
    found = read_articles(connection, generation, f"id in {any_of([document_id])}")
    return found[0][1] if found and document_id else None


def _oldest_first(found: tuple[int, Document]) -> tuple[bool, date, int]:
    row, document = found
    day = document.metadata.published_on
    return day is None, day or date.min, row
