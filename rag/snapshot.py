"""A snapshot: one immutable index directory, and the pointer to the current one.

<data>/CURRENT                    the name of the current snapshot, one line
<data>/snapshots/<utc>-<id>/      manifest.json, articles.sqlite, passages.faiss,
                                  lexical/, vocabulary/
"""

import os
import sqlite3
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tantivy import Query as LexicalQuery

from embeddings import Encoder, Vectors
from rag import manifest as manifests
from rag import store
from rag.documents import Document
from rag.errors import SnapshotDamaged, SnapshotMismatch, SnapshotMissing
from rag.filters import ANYTHING, Filters
from rag.lexical import LexicalIndex, field_of
from rag.manifest import REBUILD, Counts, Manifest
from rag.passages import Passage
from rag.query import Alternatives, TermStatistics
from rag.ragged import rows_of
from rag.store import Place, Store
from rag.vectors import VectorIndex
from rag.vocabulary import Sentences, SentenceTerms, Vocabulary, open_vocabularies

CURRENT = "CURRENT"
SNAPSHOTS = "snapshots"
LEXICAL = "lexical"
VOCABULARY = "vocabulary"
# A reader asks on under the same filters; 0.8 MB each where they let 100,000 passages through.
REMEMBERED_FILTERS = 32
# What it was made from is no longer known.
NEW = "build one: ibid index FOLDER"


@dataclass(frozen=True, slots=True)
class Within:
    """The passages that satisfy filters: their sorted ordinals, and the same as a lexical restriction."""

    ordinals: Sequence[int]
    words: LexicalQuery | None


class Snapshot:
    """An index on this machine's disk; see `rag.index.Index`.

    Raises:
        SnapshotDamaged: a file is missing or not what the manifest says; it is named.
        SnapshotMismatch: made in another format, or by another model than `encoder`.

    """

    def __init__(self, path: Path, encoder: Encoder) -> None:
        self.path = path
        self.manifest: Manifest = manifests.read_manifest(path)
        check_model(self.manifest, self.place, encoder)
        manifests.verify_files(path, self.manifest)
        try:
            self._store = Store(path / store.NAME)
            self._vectors = VectorIndex(path)
            fields = sorted({field_of(language) for language in self.manifest.languages})
            self._lexical = LexicalIndex(path / LEXICAL, fields)
            self.vocabularies: Mapping[str, Vocabulary] = open_vocabularies(path / VOCABULARY, fields)
            self._sentences = SentenceTerms(path / VOCABULARY)
            self._within = lru_cache(REMEMBERED_FILTERS)(
                partial(_within, self._store, self._lexical, self.manifest.counts)
            )
        except (sqlite3.Error, ValueError, OSError) as error:
            raise SnapshotDamaged(f"{path} cannot be opened ({error})", REBUILD) from None

    @property
    def id(self) -> str:
        """Return the digest of articles, settings and model."""
        return self.manifest.id

    @property
    def place(self) -> str:
        """Return the folder."""
        return str(self.path)

    @property
    def terms(self) -> TermStatistics:
        """Return what is known of the terms of each field."""
        return self._lexical

    def search(
        self,
        vector: Vectors,
        terms: Alternatives,
        depth: int,
        filters: Filters,
        include_boilerplate: bool,
    ) -> list[int]:
        """Return the sorted ordinals of the passages that satisfy the filters and may answer."""
        within = self._within(filters, include_boilerplate)
        by_words = self._lexical.search(terms, depth, within.words)
        return sorted({*self._vectors.search(vector, depth, within.ordinals), *by_words})

    def cosines(self, vector: Vectors, ordinals: Sequence[int]) -> npt.NDArray[np.float32]:
        """Return the cosine of a vector (d,) with each of these passages."""
        return self._vectors.cosines(vector, ordinals)

    def sentences_of(self, places: Sequence[Place]) -> Sentences:
        """Return what the sentences of these passages hold, one passage after the other."""
        firsts = [place.first_sentence for place in places]
        return self._sentences.of(rows_of(firsts, [place.sentences for place in places]))

    def document(self, document_id: str) -> Document | None:
        """Return a document by id."""
        return self._store.document(document_id)

    def documents(self, offset: int = 0, limit: int = 50) -> list[Document]:
        """Return documents ordered by source."""
        return self._store.documents(offset, limit)

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return the passages of a document: the body's in reading order, then those set aside."""
        return self._store.passages_of(document_id)

    def passage(self, ordinal: int) -> Passage:
        """Return a passage by its ordinal."""
        return self._store.passage(ordinal)

    def places_of(self, ordinals: Sequence[int]) -> list[Place]:
        """Return where each of these passages, given in order, stands."""
        return self._store.places_of(ordinals)

    def matching(self, filters: Filters) -> int:
        """Return how many articles satisfy the filters."""
        return len(self._store.rows_matching(filters))

    def originals(self) -> dict[int, int]:
        """Return for the row of each article that has copies, or is one, the row of the original."""
        return self._store.originals()

    def copies_of(self, document_id: str) -> list[Document]:
        """Return the other articles that say the same, the oldest first, undated ones last."""
        return self._store.copies_of(document_id)

    def facets(self) -> dict[str, list[str]]:
        """Return the values of outlet and language present, sorted."""
        return self._store.facets()

    def close(self) -> None:
        """Release the files. Memory-mapped ones go when the last reader lets go of this object."""
        self._store.close()


def _within(
    store: Store, lexical: LexicalIndex, counts: Counts, filters: Filters, include_boilerplate: bool
) -> Within:
    if filters == ANYTHING:
        every = range(counts.passages if include_boilerplate else counts.body_passages)
        return Within(every, lexical.within(None, include_boilerplate))
    rows = store.rows_matching(filters)
    ordinals = array("q", store.ordinals_of(rows, include_boilerplate))
    return Within(ordinals, lexical.within(rows, include_boilerplate))


def check_model(manifest: Manifest, place: str, encoder: Encoder) -> None:
    """Refuse an index that another model made. Raises SnapshotMismatch."""
    made_by = manifest.model
    if made_by.fingerprint != encoder.fingerprint:
        message = (
            f"the index in {place} was made by the model {made_by.name!r} "
            f"({made_by.fingerprint[:12]}), not by {encoder.name!r} ({encoder.fingerprint[:12]})"
        )
        raise SnapshotMismatch(message, f"{REBUILD}, or choose that model with --model")


def current_path(data: Path) -> Path:
    """Return the folder of the current snapshot.

    Raises:
        SnapshotMissing: no index has been built in this data folder.
        SnapshotDamaged: `CURRENT` names no snapshot.

    """
    pointer = data / CURRENT
    try:
        name = pointer.read_text("utf-8").strip()
        path = data / SNAPSHOTS / name
        exists = path.is_dir()
    except FileNotFoundError:
        raise SnapshotMissing(f"there is no index in {data}", NEW) from None
    except (OSError, ValueError) as error:
        raise SnapshotDamaged(f"{pointer} cannot be read ({error})", REBUILD) from None
    if not name or path.parent != data / SNAPSHOTS or name.startswith(".") or not exists:
        raise SnapshotDamaged(f"{pointer} names a snapshot that does not exist", NEW)
    return path


def open_current(data: Path, encoder: Encoder) -> Snapshot:
    """Open the current snapshot of a data folder, every file verified.

    Raises:
        SnapshotMissing, SnapshotDamaged, SnapshotMismatch: as `current_path` and `Snapshot`.

    """
    path = current_path(data)
    try:
        return Snapshot(path, encoder)
    except SnapshotDamaged:
        # A run that ended in this moment has replaced the snapshot and removed the old one.
        newer = current_path(data)
        if newer == path:
            raise
        return Snapshot(newer, encoder)


def point_to(data: Path, name: str) -> None:
    """Make a complete, fsynced snapshot the current one, in one rename.

    Raises:
        OSError: the pointer cannot be written; the old one then stands.

    """
    temporary = data / f".{CURRENT}.tmp"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(data / CURRENT)
    sync_folder(data)


def sync_folder(folder: Path) -> None:
    """Make renames and new names in a folder survive a power cut.

    Raises:
        OSError: the folder cannot be opened.

    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
