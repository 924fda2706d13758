"""RIS: references as Zotero, EndNote and Mendeley import them.

Tags as in the RIS Format Specifications (Clarivate); one line a value, CRLF between lines.
"""

from collections.abc import Iterator, Sequence

from rag.reference import Reference


def ris(references: Sequence[Reference]) -> str:
    """Return references in RIS. A value is one line: line breaks of a quote become spaces."""
    return "".join(_entry(reference) for reference in references)


def _entry(reference: Reference) -> str:
    lines = [f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in _values(reference) if value]
    return "".join(["TY  - NEWS\r\n", *lines, "ER  - \r\n\r\n"])


def _values(reference: Reference) -> Iterator[tuple[str, str | None]]:
    day = reference.published_on
    yield "ID", reference.id
    yield "TI", reference.title
    yield from (("AU", author) for author in reference.authors)
    yield "T2", reference.outlet
    yield "PY", f"{day:%Y}" if day else None
    yield "DA", f"{day:%Y/%m/%d}/" if day else None
    yield "Y2", f"{reference.accessed_on:%Y/%m/%d}/"
    yield "LA", reference.language
    yield "UR", reference.url
    yield "UR", reference.permalink
    yield "N1", reference.quote
    yield "N1", reference.note
