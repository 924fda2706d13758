"""A reference: what a bibliography says of a citation, and the words cited as they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.citations import CitationState, Resolution, resolve
from rag.errors import BadData
from rag.index import Index
from rag.text_fragments import fragment_url

STATES: dict[CitationState, str] = {
    "valid": "",
    "moved": "The words have moved within the article since they were cited.",
    "changed": "The article has changed: the words cited are no longer in it.",
    "withdrawn": "The article has been withdrawn.",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of a bibliography.

    Attributes:
        id: the citation's id.
        title: the article's title, else the file it came from, else that it is gone.
        outlet, authors, published_on, language: as the article states them.
        url: the published page, at the very words where a text fragment leads there.
        permalink: the address that checks the citation.
        accessed_on: the day on which the words were seen to stand.
        quote: the cited words, unchanged; None where they are gone.
        note: what has become of the words; empty where they stand.

    """

    id: str
    title: str
    outlet: str | None
    authors: tuple[str, ...]
    published_on: date | None
    language: str | None
    url: str | None
    permalink: str
    accessed_on: date
    quote: str | None
    note: str


def references(
    identities: Sequence[str], snapshot: Index, address: str, accessed_on: date
) -> list[Reference]:
    """Return the references of citations in their order, repeated ones once.

    Args:
        identities: ids of citations.
        snapshot: the index they are checked against.
        address: the server's own, "http://127.0.0.1:8000".
        accessed_on: today.

    Raises:
        BadData: naming what has not the form of a citation's id.

    """
    return [
        _reference(identity, _checked(identity, snapshot), address, accessed_on)
        for identity in dict.fromkeys(identities)
    ]


def _checked(identity: str, snapshot: Index) -> Resolution:
    found = resolve(identity, snapshot)
    if found is None:
        raise BadData(
            f"{identity!r} is not the id of a citation", "give what stands behind /c/ in a permalink"
        )
    return found


def _authors(stated: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (stated or "").split(";") if name.strip())


def _reference(identity: str, found: Resolution, address: str, accessed_on: date) -> Reference:
    document, span = found.document, found.span
    known = document.metadata if document else None
    return Reference(
        id=identity,
        title=(known and known.title) or (document.source if document else "Withdrawn article"),
        outlet=known.outlet if known else None,
        authors=_authors(known.author if known else None),
        published_on=known.published_on if known else None,
        language=known.language if known else None,
        url=(known and span and document and fragment_url(known.url, document.text, span))
        or (known.url if known else None),
        permalink=f"{address.rstrip('/')}/c/{identity}",
        accessed_on=accessed_on,
        quote=span.slice(document.text) if span and document else None,
        note=STATES[found.state],
    )
