"""The report of an indexing run: what was read, skipped, set aside, guessed and embedded."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from rag.documents import Document
from rag.manifest import Manifest
from rag.sources import Skipped


@dataclass(frozen=True, slots=True)
class Change:
    """How the articles, text and what is known about it, differ from those of the index before, by source."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    deleted: tuple[str, ...]
    unchanged: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did.

    Attributes:
        index: id of the snapshot that is now current.
        rebuilt: False where articles, settings and model were the same as before.
        documents: number of documents read.
        passages: number of passages in the index.
        change: the difference to the index before.
        skipped: files left out: source, reason, detail.
        embedded: passages whose vector had to be computed; the others were known.
        set_aside: characters set aside as boilerplate, by reason.
        characters: characters read in all.
        uncertain: sources whose body could not be told from the rest; nothing set aside there.
        boilerplate_share: share of those set aside, 0 to 1.
        languages: number of documents by language.
        copies: sources of the copies of each article, by that of the original.
        notes: repairs and guesses by source, and what is wrong with a sidecar by its path.
        warnings: what the reader of the answers should know.
        seconds: time the run took.

    """

    index: str
    rebuilt: bool
    documents: int
    passages: int
    change: Change
    skipped: tuple[tuple[str, str, str], ...]
    embedded: int
    set_aside: dict[str, int]
    characters: int
    boilerplate_share: float
    uncertain: tuple[str, ...]
    languages: dict[str, int]
    copies: dict[str, tuple[str, ...]]
    notes: dict[str, tuple[str, ...]]
    warnings: tuple[str, ...]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return asdict(self)


def compare(before: dict[str, str], documents: Sequence[Document]) -> Change:
    """Compare documents with the digests of the index before, both by source."""
    now = {document.source: document.digest for document in documents}
    return Change(
        added=tuple(source for source in now if source not in before),
        changed=tuple(source for source in now if before.get(source, now[source]) != now[source]),
        deleted=tuple(source for source in before if source not in now),
        unchanged=sum(before.get(source) == digest for source, digest in now.items()),
    )


def set_aside_by_reason(documents: Sequence[Document]) -> dict[str, int]:
    """Return the number of characters set aside for each reason, most first."""
    sizes: Counter[str] = Counter()
    for document in documents:
        for label in document.set_aside:
            sizes[label.reason] += label.span.end - label.span.start
    return dict(sizes.most_common())


def copies_by_original(documents: Sequence[Document]) -> dict[str, tuple[str, ...]]:
    """Return the sources of the copies of each article that has some, by the source of the original."""
    sources = {document.id: document.source for document in documents}
    copies: dict[str, list[str]] = {}
    for document in documents:
        if document.copy_of is not None:
            copies.setdefault(sources[document.copy_of], []).append(document.source)
    return {original: tuple(found) for original, found in copies.items()}


def future_warnings(documents: Sequence[Document], today: date) -> tuple[str, ...]:
    """Return a warning for every document that states a later day; the index holds it as stated."""
    return tuple(
        f"{document.source} states that it was published on {day}, which is still to come"
        for document in documents
        if (day := document.metadata.published_on) and day > today
    )


def skipped_rows(skipped: Sequence[Skipped]) -> tuple[tuple[str, str, str], ...]:
    """Return what was skipped as rows of source, reason and detail."""
    return tuple((skip.source.name, skip.reason, skip.detail) for skip in skipped)


def language_warnings(manifest: Manifest) -> tuple[str, ...]:
    """Return a warning for every language of the articles that the model was not made for."""
    known = manifest.model.languages
    return tuple(
        f"some articles are in {language!r}; the model {manifest.model.name!r} was made for "
        f"{', '.join(known)}: choose a multilingual model with --model"
        for language in manifest.languages
        if known and language not in known
    )
