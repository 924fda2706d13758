"""DOCX: all a reader of the document sees is read once, in order, whatever Word wraps around it."""

import io
import zipfile

import pytest

from rag.formats.docx import read_docx
from tests.rag.formats.files import word

RUN = "<w:r><w:t>mot</w:t></w:r>"
BOX = "<w:txbxContent><w:p><w:r><w:t>encadré</w:t></w:r></w:p></w:txbxContent>"
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
WRAPPED = {
    "insertion": f'<w:ins w:id="1" w:author="a">{RUN}</w:ins>',
    "move": f'<w:moveTo w:id="1" w:author="a">{RUN}</w:moveTo>',
    "control": f"<w:sdt><w:sdtContent>{RUN}</w:sdtContent></w:sdt>",
    "field": f'<w:fldSimple w:instr="DATE">{RUN}</w:fldSimple>',
    "tag": f'<w:smartTag w:element="place">{RUN}</w:smartTag>',
    "link": f'<w:hyperlink w:anchor="a">{RUN}</w:hyperlink>',
    "deletion": f'<w:del w:id="1" w:author="a"><w:r><w:delText>non</w:delText></w:r></w:del>{RUN}',
    "move away": f'<w:moveFrom w:id="1" w:author="a"><w:r><w:t>non</w:t></w:r></w:moveFrom>{RUN}',
    "tab stop": f'<w:pPr><w:tabs><w:tab w:pos="9"/></w:tabs></w:pPr>{RUN}',
    "page": f'{RUN}<w:r><w:br w:type="page"/></w:r>',
}


def first_lines(body: str) -> str:
    """Return what is read of a document that begins with this markup."""
    file, small = io.BytesIO(), io.BytesIO(word("Suite."))
    with zipfile.ZipFile(small) as old, zipfile.ZipFile(file, "w") as new:
        for member in old.namelist():
            content = old.read(member).decode("utf-8", "surrogateescape")
            if member == "word/document.xml":
                content = content.replace("<w:body>", f"<w:body>{body}")
            new.writestr(member, content.encode("utf-8", "surrogateescape"))
    found, rest = read_docx(file.getvalue()).text.split("\nSuite.\n")
    assert rest == "Nador | 2026\nFin."
    return found


@pytest.mark.parametrize("markup", WRAPPED.values(), ids=WRAPPED)
def test_what_is_wrapped_is_read_and_what_is_taken_away_is_not(markup: str) -> None:
    assert first_lines(f"<w:p>{markup}</w:p>") == "mot"
    assert first_lines(f"<w:sdt><w:sdtContent><w:p>{markup}</w:p></w:sdtContent></w:sdt>") == "mot"


def test_a_text_box_is_read_once() -> None:
    both = f"<m:Choice Requires='wps'>{BOX}</m:Choice><m:Fallback>{BOX}</m:Fallback>"
    drawn = f'<m:AlternateContent xmlns:m="{COMPATIBILITY}">{both}</m:AlternateContent>'
    assert first_lines(f"<w:p>{RUN}<w:r>{drawn}</w:r></w:p>").split() == ["mot", "encadré"]


def test_equal_cells_beside_each_other_are_both_read() -> None:
    cell = "<w:tc><w:p><w:r><w:t>12</w:t></w:r></w:p></w:tc>"
    wide = cell.replace("<w:p>", '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p>', 1)
    assert first_lines(f"<w:tbl><w:tr>{cell}{cell}{wide}</w:tr></w:tbl>") == "12 | 12 | 12"


def test_a_table_within_a_table_is_read() -> None:
    inner = f"<w:tbl><w:tr><w:tc><w:p>{RUN}</w:p></w:tc></w:tr></w:tbl>"
    table = f"<w:tbl><w:tr><w:tc><w:p>{RUN}</w:p>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    assert first_lines(table).split() == ["mot", "mot"]
