"""Foreign formats, read by the real libraries in the real child process, within limits."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfWriter

from rag.formats.extracted import Extracted
from rag.formats.parser import SECONDS, Parser
from rag.formats.pdf import MAX_PAGES, reflow
from rag.formats.refused import Refused
from tests.rag.formats.files import SENTENCES, page, pdf, saved, word


@pytest.fixture(scope="module")
def parser():  # type: ignore[no-untyped-def]  # noqa: ANN201
    with Parser() as parser:
        yield parser


def outside(found: Extracted) -> list[str]:
    return [found.text[start:end] for start, end in found.outside]


def test_a_page_gives_all_its_text_what_is_not_the_article_and_what_its_head_states(parser: Parser) -> None:
    found = parser.read("html", page())
    assert found.text == "\n".join(("Accueil Sport", *SENTENCES))
    assert outside(found) == ["Accueil Sport"]
    assert found.fields == {
        "title": "Le port de Nador-Ouest recevra ses premiers navires",
        "outlet": "L'Écho",
        "url": "https://echo.example/a/1",
        "published_on": "2024-03-12T08:00:00+01:00",
        "author": "Aya Alami",
    }
    assert found.notes == ()


def test_every_word_a_reader_sees_is_in_the_text_and_no_other(parser: Parser) -> None:
    body = (
        "<h2>Un inter<b>titre</b> du port</h2><p>Avant<script>non()</script> et <!-- non --> après.<br>Suite"
        "<style>p{}</style> &amp; fin.</p><ul><li>un</li><li>deux</li></ul>"
        "<table><tr><td>Nador</td><td>2026</td></tr></table><noscript>non</noscript>"
    )
    found = parser.read("html", page(body=body + "".join(f"<p>{one}</p>" for one in SENTENCES)))
    assert found.text.split("\n") == [
        "Accueil Sport",
        "Un intertitre du port",
        "Avant et après.",
        "Suite & fin.",
        "un",
        "deux",
        "Nador 2026",
        *SENTENCES,
    ]
    assert outside(found) == ["Accueil Sport"]


def test_the_parts_around_an_article_are_outside_each_in_one_piece(parser: Parser) -> None:
    around = '<div class="related"><h3>Lire aussi</h3><ul><li><a href="/x">Un autre sujet</a></li></ul></div>'
    foot = "<footer><p>Mentions légales</p><p>Contact</p></footer>"
    article = page(body=f"<h1>Le port</h1>{''.join(f'<p>{one}</p>' for one in SENTENCES * 2)}{around}")
    found = parser.read("html", article.replace(b"</body>", foot.encode() + b"</body>"))
    assert all(sentence in found.text for sentence in SENTENCES)
    assert not any(sentence in part for sentence in SENTENCES for part in outside(found))
    assert outside(found)[-1].endswith("Mentions légales\nContact")


def linked(data: str) -> str:
    return f'<script type="application/ld+json">{data}</script>'


ARTICLE = '{"@type": ["Article"], "datePublished": "2024-03-12"}'


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ('<meta itemprop="datePublished" content="2024-03-12">', "2024-03-12"),
        (linked(ARTICLE), "2024-03-12"),
        (linked('{"@graph": [{"@type": "WebSite"}, ' + ARTICLE + "]}"), "2024-03-12"),
        (linked('{"@type": "NewsArticle", "dateModified": "2024-03-12"}'), None),
        (linked('{"@type": "WebSite", "datePublished": "2024-03-12"}'), None),
        (linked("{broken"), None),
        (linked("[" * 100_000), None),
        ('<meta property="article:modified_time" content="2024-03-12">', None),
        ('<link rel="canonical" href="https://echo.example/2024/03/12/a">', None),
        ("<title>© 2024 L'Écho</title>", None),
    ],
)
def test_only_what_says_that_it_is_the_day_of_publication_is_a_date(
    parser: Parser, head: str, day: str | None
) -> None:
    assert parser.read("html", page(head)).fields.get("published_on") == day


def test_scripts_and_markup_of_a_page_are_not_its_text(parser: Parser) -> None:
    body = "".join(f"<p>{s}<script>alert(1)</script><img src=x onerror=alert(2)></p>" for s in SENTENCES)
    text = parser.read("html", page(body=body)).text
    assert "alert" not in text
    assert "<" not in text


def test_a_page_without_a_main_text_is_kept_whole_and_says_so(parser: Parser) -> None:
    found = parser.read("html", b"<html><body><a href=/>Accueil</a></body></html>")
    assert "Accueil" in found.text


def test_a_pdf_gives_its_paragraphs_whatever_the_lines_of_its_pages(parser: Parser) -> None:
    first = "Le port de Nador\nLe complexe portuaire entrera en service au mois de juin, a annoncé"
    found = parser.read("pdf", pdf(first, "lundi le directeur.\nUne seconde page."))
    assert found.text == (
        "Le port de Nador\nLe complexe portuaire entrera en service au mois de juin, a annoncé lundi le "
        "directeur.\nUne seconde page."
    )
    assert "published_on" not in found.fields


def test_a_divided_word_is_put_together_and_a_compound_stays() -> None:
    lines = (
        "Une coopé-",
        "ration de longue durée entre",
        "celui-ci et ceux-là : celui-",
        "ci surtout, dit-il",
    )
    assert reflow("\n".join(lines)) == (
        "Une coopération de longue durée entre celui-ci et ceux-là : celui-ci surtout, dit-il"
    )


def test_a_line_of_letters_alone_is_read_as_quickly_as_any() -> None:
    letters = "a" * 1_000_000  # the search for a hyphen went from each letter to the end
    assert reflow(f"{letters}\nFin.") == f"{letters} Fin."


def test_a_document_gives_its_paragraphs_and_tables_in_order(parser: Parser) -> None:
    found = parser.read("docx", word(*SENTENCES, title="Un titre de document"))
    assert found.text == "\n".join(("Un titre de document", *SENTENCES, "Nador | 2026", "Fin."))
    assert found.fields == {"title": "Un titre de document"}


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf("secret")))
    writer.encrypt("password", algorithm="RC4-128")
    return saved(writer)


def many_pages() -> bytes:
    writer = PdfWriter()
    for _ in range(MAX_PAGES + 1):
        writer.add_blank_page(100, 100)
    return saved(writer)


def stuffed(stuffing: bytes, times: int) -> bytes:
    """Return a document with this many pieces more in it, small as a file."""
    file, small = io.BytesIO(), io.BytesIO(word("x"))
    with zipfile.ZipFile(small) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            content = old.read(member)
            if member == "word/document.xml":
                content = content.replace(b"<w:body>", b"<w:body>" + stuffing * times)
            new.writestr(member, content)
    return file.getvalue()


REFUSED = [
    ("html", b"", "empty"),
    ("html", b"<html></html>", "empty"),
    ("html", b"<div>" * 100_000 + b"x", "broken"),
    ("pdf", pdf(""), "no-text"),
    ("pdf", b"%PDF-1.4 and no more", "broken"),
    ("pdf", many_pages(), "too-large"),
    ("pdf", encrypted(), "encrypted"),
    ("docx", b"PK\x03\x04 and no more", "broken"),
    ("docx", b"", "broken"),
]


@pytest.mark.parametrize(("kind", "content", "reason"), REFUSED, ids=[f"{k}-{r}" for k, _, r in REFUSED])
def test_what_cannot_be_read_is_refused_and_the_next_file_is_read(
    parser: Parser, kind: str, content: bytes, reason: str
) -> None:
    with pytest.raises(Refused) as caught:
        parser.read(kind, content)
    assert caught.value.reason == reason
    assert caught.value.detail
    assert "Fin." in parser.read("docx", word("Suite.")).text


def test_a_zip_bomb_meets_the_memory_limit_and_the_next_file_is_read() -> None:
    with Parser(memory=300_000_000) as parser:
        with pytest.raises(Refused) as caught:
            parser.read("docx", stuffed(b" " * 1_000_000, 300))
        assert caught.value.reason in ("too-large", "broken")
        assert "Fin." in parser.read("docx", word("Suite.")).text


def test_a_file_that_takes_too_long_ends_the_child_and_the_next_file_is_read() -> None:
    with Parser(seconds=1) as parser:
        with pytest.raises(Refused) as caught:
            parser.read("docx", stuffed(b"<w:p/>", 1_000_000))
        assert caught.value.reason == "too-slow"
        parser.seconds = SECONDS
        assert "Fin." in parser.read("docx", word("Suite.")).text


def test_without_the_library_the_command_that_installs_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A module that stands before the real one and behaves as if it were not there.
    for name in ("pypdf", "docx", "trafilatura"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('not there')")
    monkeypatch.syspath_prepend(str(tmp_path))
    with Parser() as parser:
        for kind, package in (("pdf", "pypdf"), ("docx", "python-docx"), ("html", "trafilatura")):
            with pytest.raises(Refused) as caught:
                parser.read(kind, b"x")
            assert caught.value.reason == "needs-package"
            assert f"pip install {package}" in caught.value.detail


def test_what_lies_in_the_current_folder_is_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    with Parser() as parser:
        assert SENTENCES[0] in parser.read("html", page()).text
    assert not (tmp_path / "ran").exists()


def test_no_child_stays_when_the_work_is_done() -> None:
    with Parser() as parser:
        parser.read("docx", word("x"))
        child = parser._child
        assert child is not None
        pid = child.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
