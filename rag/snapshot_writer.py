"""Writing a snapshot: aside, verified, fsynced, then made current in one rename."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count, groupby
from pathlib import Path

from pydantic import TypeAdapter

from embeddings import Encoder, Halves
from rag import manifest as manifests
from rag import store
from rag.documents import Document
from rag.errors import SnapshotError
from rag.fitted import shipped_fitted
from rag.lexical import LexicalEntry, field_of, write_lexical_index
from rag.manifest import Counts, Manifest, ModelRecord
from rag.memo import Recall, anew
from rag.passages import Passage
from rag.snapshot import (
    CURRENT,
    LEXICAL,
    SNAPSHOTS,
    VOCABULARY,
    Snapshot,
    current_path,
    point_to,
    sync_folder,
)
from rag.store import document_values, write_store
from rag.vectors import write_vectors
from rag.vocabulary import Analysed, Gathered, analyse, gather, write_vocabulary

BUILDING = ".building-"
ANALYSED = TypeAdapter(Analysed)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a snapshot holds, before any vector is computed.

    Attributes:
        documents: ordered by source.
        passages: those of the bodies first, then those set aside; the place is the ordinal.
        texts: what is embedded for each passage.
        keys: by which the vector of each text is kept.
        recall: gives what was worked out of the same sentences before.

    """

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    texts: Sequence[str]
    keys: Sequence[bytes]
    recall: Recall = anew

    def gathered(self) -> Gathered:
        """Return the terms of every sentence, passage by passage."""
        return gather(
            (field, self.recall(ANALYSED, analysed_from(field, texts), partial(analyse, field, texts)))
            for field, texts in self.sentences()
        )

    def stretches(self) -> Iterator[tuple[int, Document, list[Passage]]]:
        """Yield the passages in their order, those of one document together, with it and its row."""
        rows = {document.id: row for row, document in enumerate(self.documents)}
        for document_id, passages in groupby(self.passages, key=lambda passage: passage.document_id):
            row = rows[document_id]
            yield row, self.documents[row], list(passages)

    def sentences(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the lexical field and the sentences of passages, one document after the other."""
        for _, document, passages in self.stretches():
            texts = [span.slice(document.text) for passage in passages for span in passage.sentences]
            yield field_of(document.metadata.language), texts

    def identity(self, encoder: Encoder) -> str:
        """Return a digest: equal digests mean equal answers.

        It is made from results (texts, labels, spans), so a change of cleaner or chunker
        changes it wherever it changes anything.
        """
        made_by = (manifests.FORMAT, manifests.VERSIONS, encoder.fingerprint, shipped_fitted())
        digest = hashlib.sha256(repr(made_by).encode())
        for document in self.documents:
            digest.update(repr(document_values(document)).encode("utf-8", "surrogatepass"))
        for passage in self.passages:
            digest.update(repr(passage).encode())
        for key in self.keys:
            digest.update(key)
        return digest.hexdigest()

    def counts(self) -> Counts:
        """Return how much there is of everything."""
        return Counts(
            documents=len(self.documents),
            passages=len(self.passages),
            body_passages=sum(not passage.boilerplate for passage in self.passages),
            sentences=sum(len(passage.sentences) for passage in self.passages),
        )


def analysed_from(field: str, texts: Sequence[str]) -> list[str]:
    """Return what the terms of sentences are recalled by."""
    return ["analysed", field, repr([len(text) for text in texts]), "".join(texts)]


def describe(contents: Contents, encoder: Encoder, passage_tokens: int, roots: tuple[str, ...]) -> Manifest:
    """Return the manifest of a snapshot to be written; its files are not known yet."""
    return Manifest(
        format=manifests.FORMAT,
        id=contents.identity(encoder),
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        model=ModelRecord(
            encoder.name, encoder.fingerprint, encoder.dimension, encoder.prefixes, encoder.languages
        ),
        counts=contents.counts(),
        languages=tuple(sorted({d.metadata.language for d in contents.documents if d.metadata.language})),
        versions=manifests.VERSIONS,
        passage_tokens=passage_tokens,
        roots=roots,
        fitted=shipped_fitted(),
        files={},
    )


def write_snapshot(
    data: Path, contents: Contents, vectors: Halves, manifest: Manifest, encoder: Encoder
) -> None:
    """Write a snapshot with its passage vectors (n, d) and make it current.

    Raises:
        OSError, sqlite3.Error: something cannot be written; the old snapshot then stands.

    """
    folder = data / SNAPSHOTS
    folder.mkdir(parents=True, exist_ok=True)
    building = folder / f"{BUILDING}{manifest.id[:12]}"
    (building / LEXICAL).mkdir(parents=True)
    write_store(building / store.NAME, contents.documents, contents.passages)
    write_vectors(building, vectors)
    write_lexical_index(building / LEXICAL, _lexical_entries(contents))
    (building / VOCABULARY).mkdir()
    write_vocabulary(building / VOCABULARY, encoder.lexicon, contents.gathered())
    complete = replace(manifest, files=manifests.record_files(building))
    (building / manifests.NAME).write_text(complete.to_json(), "utf-8")
    Snapshot(building, encoder).close()
    _sync_tree(building)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{manifest.id[:12]}"
    building.rename(folder / name)
    sync_folder(folder)
    point_to(data, name)


def sweep(data: Path) -> None:
    """Remove what interrupted runs left behind, and every snapshot but the current one.

    Raises:
        OSError: something cannot be removed.

    """
    sync_folder(data)  # or a power cut could bring back a pointer to what is removed here
    (data / f".{CURRENT}.tmp").unlink(missing_ok=True)
    try:
        keep = current_path(data).name
    except SnapshotError:
        keep = None  # a whole snapshot may be all that is left
    for path in (data / SNAPSHOTS).glob("*"):
        if path.name.startswith(BUILDING) or keep not in (None, path.name):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _lexical_entries(contents: Contents) -> Iterator[LexicalEntry]:
    ordinals = count()
    for row, document, passages in contents.stretches():
        for passage in passages:
            yield LexicalEntry(
                ordinal=next(ordinals),
                document=row,
                language=document.metadata.language or "",
                # Without the title: in every passage of an article its words would tell none apart.
                text=passage.span.slice(document.text),
                boilerplate=passage.boilerplate,
            )


def _sync_tree(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)
