"""From files to documents: read, tell body from boilerplate, find title, outlet, date and language."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from pydantic import TypeAdapter

from rag.cleaning import Cleaning
from rag.copies import compared, link_copies
from rag.documents import Document, Metadata, document_id
from rag.errors import BadData, NoInput
from rag.formats.parsers import AT_ONCE, Parsers
from rag.language import detect_language
from rag.loaders import Loaded, Remark, load
from rag.memo import Recall, anew
from rag.metadata import date_notes, read_metadata
from rag.neighbours import clean_together
from rag.progress import Progress, telling, untold
from rag.sidecar import Sidecars
from rag.sources import Skipped, Source, find_sources
from rag.stated import merge

DESCRIPTION = TypeAdapter(tuple[Metadata, tuple[str, ...]])


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything read: documents ordered by source, what was skipped, what could not be cleaned.

    `notes` are about files that are no articles, by their path.
    """

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...]
    uncertain: tuple[str, ...]
    notes: dict[str, tuple[str, ...]]


def take_in(
    paths: Sequence[Path],
    progress: Progress = untold,
    recall: Recall = anew,
    own: Collection[Path] = (),
) -> Intake:
    """Read the articles under the given files, folders and globs.

    `recall` gives what was worked out before; of the index's `own` files nothing is said.

    Raises:
        NoInput: a path does not exist, or no file can be read as an article.
        BadData: two files have the same name in the index, or a sidecar is wrong.
        sqlite3.Error: what is recalled cannot be read or written.

    """
    sources, skipped = find_sources(paths, own)
    results = list(_load_all(sources, progress, recall))
    loaded = sorted((one for one in results if isinstance(one, Loaded)), key=lambda one: one.source.name)
    skipped += [one for one in results if isinstance(one, Skipped)]
    if not loaded:
        raise _nothing(paths, skipped)
    _refuse_twins([one.source for one in loaded])
    _refuse_repeats(sources)
    sidecars = Sidecars()
    stated = [merge(sidecars.stated(one.source.path), one.stated) for one in loaded]
    cleanings = clean_together(loaded, stated, progress, recall)
    articles = list(zip(loaded, stated, cleanings, strict=True))
    documents = [_document(*article, recall) for article in telling(articles, "describing", progress)]
    return Intake(
        documents=link_copies(documents, (compared(one.text, cleaning) for one, _, cleaning in articles)),
        skipped=tuple(skipped),
        uncertain=tuple(one.source.name for one, _, cleaning in articles if cleaning.uncertain),
        notes=sidecars.notes() | {one.source.name: (one.text,) for one in results if isinstance(one, Remark)},
    )


def _load_all(
    sources: Sequence[Source], progress: Progress, recall: Recall
) -> Iterator[Loaded | Skipped | Remark]:
    with Parsers(recall) as parsers, ThreadPoolExecutor(AT_ONCE) as threads:
        results = threads.map(lambda source: list(load(source, parsers)), sources)
        for done, result in enumerate(results, start=1):
            yield from result
            progress("reading", done, len(sources))


def _nothing(paths: Sequence[Path], skipped: Sequence[Skipped]) -> NoInput:
    seen = "; ".join(f"{skip.source.name}: {skip.reason} ({skip.detail})" for skip in skipped[:5])
    places = ", ".join(map(str, paths))
    message = f"no article can be read in {places} ({seen or 'no file of a known kind'})"
    return NoInput(message, "give a folder of articles, for example of .txt files")


def _document(loaded: Loaded, stated: Metadata, cleaning: Cleaning, recall: Recall) -> Document:
    made_from = ["described", loaded.text, repr(stated), repr(cleaning.set_aside)]
    known, notes = recall(DESCRIPTION, made_from, lambda: _described(loaded.text, stated, cleaning))
    return Document(
        id=document_id(loaded.source.name),
        source=loaded.source.name,
        text=loaded.text,
        metadata=known,
        set_aside=cleaning.set_aside,
        notes=loaded.notes + notes,
    )


def _described(text: str, stated: Metadata, cleaning: Cleaning) -> tuple[Metadata, tuple[str, ...]]:
    """Return what is known about an article, and why dates in it were not believed."""
    known = merge(stated, read_metadata(text, cleaning.set_aside))
    if known.language is None:
        known = replace(known, language=detect_language(cleaning.body(text)))
    return known, date_notes(text, cleaning.set_aside) if known.published_on is None else ()


def _refuse_twins(sources: Sequence[Source]) -> None:
    for one, other in pairwise(sources):
        if one.name == other.name:
            message = f"{one.path} and {other.path} would both be {one.name!r} in the index"
            raise BadData(message, "rename one of them, or index the folder that holds both")


def _refuse_repeats(sources: Sequence[Source]) -> None:
    names: dict[Path, str] = {}
    for source in sources:
        if (first := names.setdefault(source.path, source.name)) != source.name:
            message = f"{source.path} is given twice, as {first!r} and as {source.name!r}"
            raise BadData(message, "give each folder once")
