"""DOCX: the paragraphs and tables of a document, in order."""

import io
from collections.abc import Iterator, Set
from typing import Any

from rag.formats.extracted import Extracted

TITLE_STYLES = ("Title", "Titre")
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PARAGRAPH, TABLE, ROW, CELL = (frozenset({WORD + name}) for name in ("p", "tbl", "tr", "tc"))
TEXT = frozenset({WORD + "t", "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"})
SIGNS = {WORD + "tab": "\t", WORD + "ptab": "\t", WORD + "cr": "\n", WORD + "noBreakHyphen": "-"}
BREAK, KIND = WORD + "br", WORD + "type"  # of a line where it has no kind, else of a page or column
# What a reader of the document does not see, and what stands for a text box in programs that know none.
UNSEEN = frozenset(
    {*(WORD + name for name in ("del", "moveFrom", "pPr", "rPr"))}
    | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)


def read_docx(content: bytes) -> Extracted:
    """Return the text of a document, a line for each paragraph or row; its changes are taken as accepted.

    Headers, footers, notes and comments are not read, nor the dates and the title of the file: they are
    often those of its template.
    """
    from docx import Document
    from docx.text.paragraph import Paragraph

    document = Document(io.BytesIO(content))
    lines: list[str] = []
    title = None
    for block in _within(document.element.body, PARAGRAPH | TABLE):
        if block.tag in TABLE:
            lines += _rows(block)
            continue
        lines.append(_text(block))
        style = None if title else Paragraph(block, document._body).style
        if style is not None and style.name in TITLE_STYLES:
            title = lines[-1].strip()
    return Extracted("\n".join(lines), {"title": title} if title else {})


def _rows(table: Any) -> Iterator[str]:  # noqa: ANN401 - lxml has no types
    for row in _within(table, ROW):
        yield " | ".join("\n".join(map(_text, _within(cell, PARAGRAPH))) for cell in _within(row, CELL))


def _within(element: Any, wanted: Set[str]) -> Iterator[Any]:  # noqa: ANN401
    """Yield what is wanted within an element, whatever wraps it: content controls, insertions, fields."""
    for child in element:
        if child.tag in wanted:
            yield child
        elif child.tag not in UNSEEN:
            yield from _within(child, wanted)


def _text(paragraph: Any) -> str:  # noqa: ANN401
    """Return the text of a paragraph; the paragraphs of a text box in it are lines of their own."""
    return "".join(_pieces(paragraph))


def _pieces(element: Any) -> Iterator[str]:  # noqa: ANN401
    for part in _within(element, TEXT | SIGNS.keys() | PARAGRAPH | {BREAK}):
        if part.tag in PARAGRAPH:
            yield f"\n{_text(part)}\n"
        elif part.tag == BREAK:
            yield "" if part.get(KIND, "textWrapping") != "textWrapping" else "\n"
        else:
            yield SIGNS.get(part.tag) or part.text or ""
