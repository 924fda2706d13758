"""Exports, read back by parsers that are not ours."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from citeproc import Citation as CitedItems
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.bibtex import bibtex
from rag.citations import citation_id
from rag.csl import csl_json
from rag.dossier import dossier
from rag.errors import BadData
from rag.exports import EXPORTS
from rag.passages import Passage
from rag.reference import Reference, references
from rag.reply import answer_as_json
from rag.ris import ris
from rag.snapshot import Snapshot
from tests.library import Library, new_library
from tests.rag.text_fragment_resolver import resolve

ACCESSED = date(2026, 11, 25)
ADDRESS = "http://127.0.0.1:8000"
SIDECAR = """
["a.txt"]
title = "Luxembourg & Maroc : 100 % _numérique_ {d'accord} ~ ^"
outlet = "L’Économiste $ #1"
published_on = 2019-09-05
author = "Aya Alami; Land and Sea & {Co}"
language = "fr"
url = "https://journal.example/a_b?x=1&y=%C3%A9#part"
"""
TEXT = (
    "Luxembourg & Maroc\n\n1. Le Maroc *signe* <b>un</b> accord : 50 % & plus \\ {a}.\n"
    "# Fin_du_texte [x](javascript:y) ~z^2 $5 | - “oui” 🍋 e\u0301.\n"
)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = new_library(tmp_path)
    library.write(a=TEXT, b="Un accord sans titre ni date a été signé hier à Rabat. Rien d’autre n’est dit.")
    (library.articles / "articles.toml").write_text(SIDECAR, "utf-8")
    library.index()
    return library


@pytest.fixture
def cited(library: Library) -> Iterator[list[Reference]]:
    """Return the references of every passage, those of a.txt first."""
    with library.opened() as snapshot:
        yield references(list(every_id(snapshot)), snapshot, ADDRESS, ACCESSED)


def every_id(snapshot: Snapshot) -> Iterator[str]:
    for document in snapshot.documents():
        for passage in snapshot.passages_of(document.id):
            yield identity(passage, document.text)


def identity(passage: Passage, text: str) -> str:
    return citation_id(passage.document_id, passage.span, passage.span.slice(text))


def read_bibtex(text: str) -> dict[str, dict[str, str]]:
    library = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    assert not library.failed_blocks
    # The parser's table has another character for \\textasciicircum than LaTeX.
    return {
        entry.key: {name: field.value.replace("ˆ", "^") for name, field in entry.fields_dict.items()}
        for entry in library.entries
    }


def bare(text: str) -> str:
    return text.removeprefix("{").removesuffix("}")


def test_a_reference_holds_the_words_of_its_article_and_what_is_known_of_it(cited: list[Reference]) -> None:
    first, last = cited[0], cited[-1]
    assert first.quote
    assert first.quote in TEXT
    assert (first.title, first.outlet, first.published_on) == (
        "Luxembourg & Maroc : 100 % _numérique_ {d'accord} ~ ^",
        "L’Économiste $ #1",
        date(2019, 9, 5),
    )
    assert first.authors == ("Aya Alami", "Land and Sea & {Co}")
    assert first.url
    assert first.url.startswith("https://journal.example/a_b?x=1&y=%C3%A9#part:~:text=")
    assert first.permalink == f"{ADDRESS}/c/{first.id}"
    assert (last.title, last.url, last.published_on) == ("articles/b.txt", None, None)


def test_an_answer_links_to_the_cited_words_of_the_published_page(library: Library) -> None:
    with library.retriever() as retriever:
        reply = answer_as_json(retriever.ask("Maroc accord"), retriever.snapshot, 1.0)
    cited = [passage["citation"] for passage in reply["passages"]]
    known = [citation for citation in cited if citation["url"]]
    assert known
    assert known != cited
    for citation in cited:
        if citation["url"]:
            page, _, directive = citation["fragment_url"].partition(":~:text=")
            assert page == citation["url"]
            assert resolve(directive, TEXT) == (citation["start"], citation["end"])
        else:
            assert citation["fragment_url"] is None


@pytest.mark.parametrize("wrong", ["", "x", "0-1-2-3", "0" * 16 + "-5-4-" + "0" * 16])
def test_what_is_no_citation_is_named(library: Library, wrong: str) -> None:
    with library.opened() as snapshot, pytest.raises(BadData, match=repr(wrong)):
        references([wrong], snapshot, ADDRESS, ACCESSED)


def test_ris_reads_back(cited: list[Reference]) -> None:
    entries = rispy.loads(ris(cited))
    assert [entry["id"] for entry in entries] == [one.id for one in cited]
    for entry, one in zip(entries, cited, strict=True):
        assert entry["type_of_reference"] == "NEWS"
        assert entry["title"] == one.title
        assert tuple(entry.get("authors", ())) == one.authors
        assert entry.get("secondary_title") == one.outlet
        assert entry.get("language") == one.language
        assert entry["urls"] == [address for address in (one.url, one.permalink) if address]
        assert entry["access_date"] == "2026/11/25/"
        assert entry.get("year") == (str(one.published_on.year) if one.published_on else None)
        assert one.quote
        assert entry["notes"] == [" ".join(one.quote.split())]
    assert entries[0]["date"] == "2019/09/05/"


def test_bibtex_reads_back(cited: list[Reference]) -> None:
    entries = read_bibtex(bibtex(cited))
    assert "author = {{Aya Alami} and {Land and Sea " in bibtex(cited)
    assert list(entries) == [one.id for one in cited]
    for one in cited:
        entry = entries[one.id]
        assert bare(entry["title"]) == one.title
        assert entry.get("journal") == one.outlet
        assert entry.get("author", "") == " and ".join(one.authors)
        assert entry.get("date") == (one.published_on and one.published_on.isoformat())
        assert entry["urldate"] == "2026-11-25"
        assert one.permalink in entry["note"]
        assert entry["annotation"] == one.quote


def test_csl_json_reads_back_and_is_printed_by_a_citation_processor(cited: list[Reference]) -> None:
    written = csl_json(cited)
    for item, one in zip(json.loads(written), cited, strict=True):
        assert (item["id"], item["title"], item["annote"]) == (one.id, one.title, one.quote)
        assert tuple(author["literal"] for author in item.get("author", ())) == one.authors
        assert item["accessed"] == {"date-parts": [[2026, 11, 25]]}
        assert item["URL"] == (one.url or one.permalink)
        assert one.permalink in item["note"]
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(json.loads(written)), formatter.plain)
    for one in cited:
        bibliography.register(CitedItems([CitationItem(one.id)]))
    printed = [str(entry) for entry in bibliography.bibliography()]
    assert len(printed) == len(cited)
    assert any("Aya Alami" in entry and "L’Économiste $ #1" in entry and "2019" in entry for entry in printed)


def shown(markdown: str) -> tuple[list[str], list[str], set[str]]:
    """Return what a reader of Markdown sees: block quotes, paragraphs outside, and kinds of markup used."""
    quotes, paragraphs, kinds, depth = [""], list[str](), set[str](), 0
    for token in MarkdownIt("commonmark").parse(markdown):
        kinds.add(token.type)
        depth += (token.type == "blockquote_open") - (token.type == "blockquote_close")
        if token.type == "blockquote_close":
            quotes.append("")
        if token.type != "inline":
            continue
        parts = token.children or []
        words = "".join("\n" if part.type.endswith("break") else part.content for part in parts)
        kinds |= {part.type for part in parts}
        if depth:
            quotes[-1] += f"\n{words}"
        else:
            paragraphs.append(words)
    return quotes[:-1], paragraphs, kinds


PAIRS = ("strong", "link", "paragraph", "blockquote", "em")
PLAIN = {"inline", "text", "text_special", "hardbreak"} | {
    f"{pair}_{end}" for pair in PAIRS for end in ("open", "close")
}


def test_markdown_shows_every_word_and_obeys_none(cited: list[Reference]) -> None:
    quotes, paragraphs, kinds = shown(dossier(cited))
    assert kinds <= PLAIN
    assert [quote.split() for quote in quotes] == [(one.quote or "").split() for one in cited]
    known = ", ".join([cited[0].title, *cited[0].authors, cited[0].outlet or "", "2019-09-05"])
    assert paragraphs[0] == f"[1] {known}"
    assert paragraphs[1] == "Article · Permalink · accessed 2026-11-25"
    links = re.findall(r"\]\((.*?)\)", dossier(cited[:1]))
    assert links[-2:] == [cited[0].url, cited[0].permalink]


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60) | st.text(
    "\\{}%$&#_^~*`<>[]()!|-+=\"'@,.: \n\r\t1aé", max_size=60
)


def made(quote: str, title: str) -> Reference:
    identity, permalink = "0" * 16 + "-0-9-" + "1" * 16, "http://x/c/y"
    authors = (title,) if title.strip() else ()
    return Reference(identity, title, title, authors, None, "fr", None, permalink, ACCESSED, quote, "")


@given(quote=texts, title=texts)
def test_no_text_breaks_out_of_an_export(quote: str, title: str) -> None:
    one = made(quote, title)
    (item,) = json.loads(csl_json([one]))
    assert item.get("annote", "") == quote
    (entry,) = rispy.loads(ris([one]))
    assert entry.get("notes", [""]) == [" ".join(quote.split())]
    (entry,) = read_bibtex(bibtex([one])).values()
    assert set(entry) <= {"title", "author", "journal", "url", "urldate", "langid", "note", "annotation"}
    quotes, _, kinds = shown(dossier([one]))
    assert kinds <= PLAIN
    assert "".join(quotes).split() == quote.split()


def test_words_that_are_gone_stay_in_the_list_with_the_reason(library: Library) -> None:
    with library.opened() as snapshot:
        ids = list(every_id(snapshot))
    library.write(a="Tout autre chose.")
    (library.articles / "b.txt").unlink()
    library.index()
    with library.opened() as snapshot:
        gone = references(ids, snapshot, ADDRESS, ACCESSED)
    assert [one.id for one in gone] == ids
    assert {one.quote for one in gone} == {None}
    assert "changed" in gone[0].note
    assert "withdrawn" in gone[-1].note
    for name, export in EXPORTS.items():
        written = export.write(gone)
        assert all(one.id in written for one in gone), name
        assert "signe" not in written


def test_a_citation_that_comes_twice_is_listed_once(library: Library) -> None:
    with library.opened() as snapshot:
        ids = list(every_id(snapshot))
        assert [one.id for one in references([*ids, *ids[::-1]], snapshot, ADDRESS, ACCESSED)] == ids


@pytest.mark.parametrize("write", [export.write for export in EXPORTS.values()])
def test_nothing_cited_gives_an_empty_export(write: Callable[..., Any]) -> None:
    assert write([]).strip() in ("", "[]")
