"""DOCX: the paragraphs and tables of a document, in order."""

import io
from collections.abc import Iterator

from rag.formats.extracted import Extracted

TITLE_STYLES = ("Title", "Titre")


def read_docx(content: bytes) -> Extracted:
    """Return the text of a document, a line for each paragraph or row.

    Headers, footers, notes and comments are not read, nor the dates and the title of the file: they are
    often those of its template.
    """
    from docx import Document
    from docx.table import Table

    document = Document(io.BytesIO(content))
    lines: list[str] = []
    title = None
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            lines += _rows(block)
        else:
            lines.append(block.text)
            if title is None and block.style is not None and block.style.name in TITLE_STYLES:
                title = block.text.strip()
    return Extracted("\n".join(lines), {"title": title} if title else {})


def _rows(table: object) -> Iterator[str]:
    for row in table.rows:  # type: ignore[attr-defined]
        cells: list[str] = []
        for cell in row.cells:  # a merged cell comes once for each column it spans
            if not cells or cell.text != cells[-1]:
                cells.append(cell.text)
        yield " | ".join(cells)
