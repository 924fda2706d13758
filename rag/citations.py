"""Citations: an exact place in an article that can be checked later.

The id of a citation states document, offsets and a digest of the words:
`<document id>-<start>-<end>-<digest>`. So it can be checked against any later index
without keeping anything: the words stand there, stand elsewhere, or are gone.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rag.answer import Hit
from rag.documents import ID_LENGTH, Document, text_digest
from rag.index import Index
from rag.spans import Span

CitationState = Literal["valid", "moved", "changed", "withdrawn"]

ID = re.compile(rf"([0-9a-f]{{{ID_LENGTH}}})-([0-9]{{1,9}})-([0-9]{{1,9}})-([0-9a-f]{{{ID_LENGTH}}})")


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage's place and what a reader needs to name it: `document.text[start:end]`."""

    id: str
    label: str
    document_id: str
    source: str
    title: str | None
    outlet: str | None
    published_on: date | None
    language: str | None
    url: str | None
    start: int
    end: int

    @property
    def permalink(self) -> str:
        """Return the address, below the server's own, that checks this citation."""
        return f"/c/{self.id}"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What has become of a citation.

    Attributes:
        state: "valid", the words stand where they stood; "moved", elsewhere in the same
            document; "changed", no longer in it; "withdrawn", the document is gone.
        document: the document, unless withdrawn.
        span: the place of the words, if valid or moved.

    """

    state: CitationState
    document: Document | None = None
    span: Span | None = None


def citation_id(document_id: str, span: Span, quote: str) -> str:
    """Return the id of a citation of `quote`, which stands at `span` of a document."""
    return f"{document_id}-{span.start}-{span.end}-{text_digest(quote)[:ID_LENGTH]}"


def cite(hit: Hit) -> Citation:
    """Return the citation of a hit."""
    known, passage = hit.metadata, hit.passage
    return Citation(
        id=citation_id(passage.document_id, passage.span, hit.text),
        label=f"[{hit.rank}]",
        document_id=passage.document_id,
        source=hit.source,
        title=known.title,
        outlet=known.outlet,
        published_on=known.published_on,
        language=known.language,
        url=known.url,
        start=passage.span.start,
        end=passage.span.end,
    )


def is_citation_id(identity: str) -> bool:
    """Say whether a text has the form of a citation's id."""
    parts = ID.fullmatch(identity)
    return parts is not None and int(parts[2]) < int(parts[3])


def resolve(identity: str, snapshot: Index) -> Resolution | None:
    """Check a citation against an index; None where `identity` has not the form of one."""
    parts = ID.fullmatch(identity)
    if parts is None or not is_citation_id(identity):
        return None
    document = snapshot.document(parts[1])
    if document is None:
        return Resolution("withdrawn")
    span, digest = Span(int(parts[2]), int(parts[3])), parts[4]
    if _stands(document.text, span, digest):
        return Resolution("valid", document, span)
    moved = _find(snapshot, document, span.end - span.start, digest)
    return Resolution("moved" if moved else "changed", document, moved)


def _stands(text: str, span: Span, digest: str) -> bool:
    return span.end <= len(text) and text_digest(span.slice(text))[:ID_LENGTH] == digest


def _find(snapshot: Index, document: Document, length: int, digest: str) -> Span | None:
    # A cited passage starts where a sentence, or a piece of a long one, does: no need to try
    # every place of a long text.
    sentences = (sentence for passage in snapshot.passages_of(document.id) for sentence in passage.sentences)
    places = (Span(sentence.start, sentence.start + length) for sentence in sentences)
    return next((place for place in places if _stands(document.text, place, digest)), None)
