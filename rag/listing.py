"""The articles of an index that satisfy filters, wherever it lies."""

from collections.abc import Iterator

from rag.documents import Document
from rag.filters import ANYTHING, Filters
from rag.index import Index

AT_ONCE = 500  # articles read at once, with their texts


def listed(snapshot: Index, filters: Filters = ANYTHING) -> Iterator[Document]:
    """Yield the articles that satisfy filters written as the articles are, ordered by source."""
    for offset in range(0, snapshot.manifest.counts.documents, AT_ONCE):
        for document in snapshot.documents(offset, AT_ONCE):
            if satisfies(document, filters):
                yield document


def satisfies(document: Document, filters: Filters) -> bool:
    """Say whether an article satisfies filters; one without a date satisfies no filter of days."""
    known, first, last = document.metadata, filters.published_from, filters.published_to
    if first or last:
        day = known.published_on
        if day is None or (first and day < first) or (last and day > last):
            return False
    values = (
        (known.outlet, filters.outlet),
        (known.language, filters.language),
        (document.id, filters.document_id),
    )
    return all(value in wanted for value, wanted in values if wanted)
