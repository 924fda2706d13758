"""Small files of foreign formats, made by the libraries that read them."""

import io

import docx
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

SENTENCES = (
    "Le complexe portuaire entrera en service au mois de juin, a annoncé lundi le directeur du chantier.",
    "Selon la société, le premier terminal pourra traiter trois millions de conteneurs par an.",
    "Le coût total est estimé à dix milliards de dirhams, dont un tiers financé par un emprunt.",
)
HEAD = (
    "<title>Le port de Nador-Ouest | L'Écho</title>"
    '<meta property="og:title" content="Le port de Nador-Ouest recevra ses premiers navires">'
    '<meta property="og:site_name" content="L\'Écho">'
    '<meta name="author" content="Aya Alami">'
    '<meta property="article:published_time" content="2024-03-12T08:00:00+01:00">'
    '<link rel="canonical" href="https://echo.example/a/1">'
)
MENU = '<nav><a href="/">Accueil</a> <a href="/s">Sport</a></nav>'


def page(head: str = HEAD, body: str = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)) -> bytes:
    """Return a page with a menu and these paragraphs."""
    return f"<html><head>{head}</head><body>{MENU}<article>{body}</article></body></html>".encode()


def pdf(*pages: str) -> bytes:
    """Return a PDF whose pages show these lines, in a font every reader has."""
    writer = PdfWriter()
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font["/Encoding"] = "/WinAnsiEncoding"
    for text in pages:
        sheet = writer.add_blank_page(600, 800)
        fonts = DictionaryObject({NameObject("/F"): _names(font)})
        sheet[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        shown = " T* ".join(f"({line}) Tj" for line in text.split("\n"))
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F 10 Tf 12 TL 20 780 Td {shown} ET".encode("cp1252"))
        sheet[NameObject("/Contents")] = writer._add_object(stream)
    return saved(writer)


def _names(values: dict[str, str]) -> DictionaryObject:
    return DictionaryObject({NameObject(key): NameObject(value) for key, value in values.items()})


def saved(writer: PdfWriter) -> bytes:
    """Return a PDF as the bytes of its file."""
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def word(*paragraphs: str, title: str = "") -> bytes:
    """Return a document of these paragraphs, a table and a last word."""
    document = docx.Document()
    if title:
        document.add_heading(title, 0)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Nador", "2026"
    document.add_paragraph("Fin.")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
