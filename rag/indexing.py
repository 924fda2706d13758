"""From articles to a current snapshot; only new text is embedded."""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from embeddings import EmbeddingCache, Encoder, Halves, keys_of
from rag.documents import Document
from rag.embedded import EmbeddedTexts
from rag.errors import CannotWrite, IndexUnreachable, Locked, NoInput, SnapshotError
from rag.intake import Intake, take_in
from rag.location import Location, location_of
from rag.manifest import Manifest
from rag.memo import Memo, Recall, anew
from rag.passages import Passage, cut_passages, passage_of
from rag.progress import Progress, telling, untold
from rag.report import (
    Report,
    compare,
    copies_by_original,
    future_warnings,
    language_warnings,
    set_aside_by_reason,
    skipped_rows,
)
from rag.settings import Settings
from rag.snapshot import CURRENT, SNAPSHOTS
from rag.snapshot_writer import Contents, analysed_from, describe

CACHE = "cache"
MEMO = "memo.sqlite"
LOCK = "lock"
# All that stands in a data folder, which may lie among the articles.
OWN = (CACHE, MEMO, LOCK, CURRENT, SNAPSHOTS)
CUT = TypeAdapter(list[list[int]])


def build_index(
    paths: Sequence[Path],
    settings: Settings,
    encoder: Encoder,
    progress: Progress = untold,
) -> Report:
    """Index the articles under `paths` and make the result current.

    Articles that are no longer there are gone from the new snapshot, and the old one is
    removed. Where nothing changed, the current snapshot stays.

    Raises:
        NoInput, BadData: as `rag.intake.take_in`; the old index stands.
        Locked: another run is writing to the data folder.
        CannotWrite: the disk is full or a folder may not be written; the old index stands.
        IndexUnreachable: the index lies in Milvus, which does not answer; the old index stands.

    """
    started = time.monotonic()
    location = location_of(settings)
    with _writing(settings.data, location), Memo(settings.data / MEMO) as memo:
        intake = _taken_in(paths, settings.data.resolve(), location, progress, memo.recall)
        contents = contents_of(intake.documents, settings.passage_tokens, progress, memo.recall)
        roots = tuple(str(path.resolve()) for path in paths)
        manifest = describe(contents, encoder, settings.passage_tokens, roots)
        location.sweep()
        before, digests = location.before()
        unchanged = before is not None and (before.id, before.roots) == (manifest.id, roots)
        with EmbeddingCache(settings.data / CACHE, encoder) as cache:
            embedded = None if unchanged else _build(location, contents, manifest, cache, progress)
            cache.keep_only(contents.keys)
        for sentences in contents.sentences() if unchanged else ():
            memo.meet(analysed_from(*sentences))  # not asked for, and needed as soon as something changes
        memo.keep_only_met()
        location.sweep()
    return _report(intake, manifest, digests, embedded, time.monotonic() - started)


def _taken_in(
    paths: Sequence[Path], data: Path, location: Location, progress: Progress, recall: Recall
) -> Intake:
    """Read the articles; where there are none, say what becomes of those of the index before.

    They may all have been deleted on purpose, or a disk may not be mounted: which one, only the user knows.
    """
    try:
        return take_in(paths, progress, recall, [data / name for name in OWN])
    except NoInput as error:
        if not (kept := len(location.before()[1])):
            raise
        message = f"{error}; the former index stands and still answers (articles: {kept})"
        remedy = f"{error.remedy}; or remove the index ({location.removal}) and end the servers that hold it"
        raise NoInput(message, remedy) from None


def contents_of(
    documents: tuple[Document, ...],
    passage_tokens: int,
    progress: Progress = untold,
    recall: Recall = anew,
) -> Contents:
    """Return documents with their passages, body first, and what is embedded of each."""
    passages: list[Passage] = []
    for document in telling(documents, "cutting", progress):
        made_from = ["cut", document.id, document.text, repr(document.set_aside), str(passage_tokens)]
        cut = recall(CUT, made_from, partial(_cut, document, passage_tokens))
        passages += [passage_of(document.id, numbers) for numbers in cut]
    passages.sort(key=lambda passage: passage.boilerplate)  # stable: reading order stays
    by_id = {document.id: document for document in documents}
    texts = EmbeddedTexts(by_id, passages)
    return Contents(documents, tuple(passages), texts, keys_of(texts), recall)


def _cut(document: Document, passage_tokens: int) -> list[list[int]]:
    return [passage.numbers() for passage in cut_passages(document, passage_tokens)]


def _build(
    location: Location, contents: Contents, manifest: Manifest, cache: EmbeddingCache, progress: Progress
) -> int:
    """Write the index; return how many texts had to be embedded."""
    vectors, embedded = _embed(contents, cache, progress)
    progress("writing", 0, 1)
    location.write(contents, vectors, manifest, cache.encoder)
    progress("writing", 1, 1)
    return embedded


def _embed(contents: Contents, cache: EmbeddingCache, progress: Progress) -> tuple[Halves, int]:
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("embedding", done, len(contents.texts))

    return cache.encode_passages(contents.texts, contents.keys, advance)


@contextmanager
def _writing(data: Path, location: Location) -> Iterator[None]:
    remedy = "free some space, or choose another folder with --data"
    try:
        data.mkdir(parents=True, exist_ok=True)
        with FileLock(data / LOCK, timeout=0), _leaving_nothing(location):
            yield
    except Timeout:
        raise Locked(f"another run is writing to {data}", "wait until it is done") from None
    except (OSError, sqlite3.Error, SnapshotError) as error:  # the last: what was written reads otherwise
        raise CannotWrite(f"{data} cannot be written ({error})", remedy) from None


@contextmanager
def _leaving_nothing(location: Location) -> Iterator[None]:
    """Remove what was half made when the block fails: on a full disk it would be in the way."""
    try:
        yield
    except BaseException:
        with suppress(OSError, IndexUnreachable):
            location.sweep()
        raise


def _report(
    intake: Intake, manifest: Manifest, before: dict[str, str], embedded: int | None, seconds: float
) -> Report:
    documents = intake.documents
    set_aside = set_aside_by_reason(documents)
    characters = sum(len(document.text) for document in documents)
    tomorrow = date.today() + timedelta(days=1)  # it has begun elsewhere
    return Report(
        index=manifest.id,
        rebuilt=embedded is not None,
        documents=len(documents),
        passages=manifest.counts.passages,
        change=compare(before, documents),
        skipped=skipped_rows(intake.skipped),
        embedded=embedded or 0,
        set_aside=set_aside,
        characters=characters,
        boilerplate_share=round(sum(set_aside.values()) / characters, 4),
        uncertain=intake.uncertain,
        languages=dict(Counter(document.metadata.language or "" for document in documents).most_common()),
        copies=copies_by_original(documents),
        notes={document.source: document.notes for document in documents if document.notes} | intake.notes,
        warnings=language_warnings(manifest) + future_warnings(documents, tomorrow),
        seconds=seconds,
    )
