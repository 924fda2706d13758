import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.citations import cite
from rag.evaluation.page import pieces, render_page
from rag.evaluation.run import Evaluation
from rag.evaluation.summary import summarise
from rag.spans import Span

from .records import Place, asked, evaluation, hit, passage, question

A: Place = ("a.txt", 0, 10)
B: Place = ("b.txt", 0, 10)
EVIL = "<script>alert('ça & là')</script>"


class Reader(HTMLParser):
    """Collect tags and attributes, and check that every element is closed in its order."""

    EMPTY = ("meta", "link", "br", "hr", "img")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def run() -> Evaluation:
    entries = [
        asked(question("q1", A, pair="p1"), [A]),
        asked(question("q2", A, ("a.txt", 5, 15), pair="p1", language="fr"), [B], confidence=0.2),
        asked(replace(question("u1"), text=EVIL, why=EVIL), [A], confidence=0.8),
    ]
    return evaluation(entries, [passage(A)])


def page(server: str = "") -> str:
    return render_page(run(), summarise(run()), server)


def test_the_page_is_well_formed_and_each_plot_is_valid_xml() -> None:
    Reader(page())
    plots = re.findall(r"<svg.*?</svg>", page(), re.DOTALL)
    assert len(plots) == 3
    for plot in plots:
        assert ElementTree.fromstring(plot).attrib["role"] == "img"


def test_the_page_needs_nothing_from_outside() -> None:
    tags = Reader(page()).tags
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in tags}
    assert not [attributes for _, attributes in tags if "src" in attributes]
    assert "url(" not in page()
    assert "@import" not in page()


def test_text_is_only_ever_text() -> None:
    assert EVIL not in page()
    assert Reader(page()).text.count(EVIL) == 2


def test_failures_come_first_and_the_worst_of_them_before_the_others() -> None:
    read = Reader(page())
    names = [attributes["id"] for _, attributes in read.tags if attributes.get("id")]
    assert names == ["failures", "u1", "q2", "q1", "unreachable", "figures", "plots"]


def test_each_failure_shows_what_was_expected_and_links_to_what_was_found() -> None:
    read = Reader(page("http://127.0.0.1:8000"))
    links = [attributes.get("href") for tag, attributes in read.tags if tag == "a"]
    assert f"http://127.0.0.1:8000/c/{cite(hit(1, B)).id}" in links
    assert "expected, a.txt [0:10]" in read.text
    assert "unreachable: no passage holds it" in read.text


def test_an_evaluation_without_failures_says_so() -> None:
    highlighted = replace(hit(1, A), highlights=(Span(0, 10),))
    good = asked(question("q1", A), [A])
    good = replace(good, answer=replace(good.answer, hits=(highlighted,)))
    perfect = evaluation([good], [passage(A)])
    assert "0 failures" in Reader(render_page(perfect, summarise(perfect))).text


@pytest.mark.parametrize("count", [1, 40])
def test_a_page_of_only_unanswerable_questions_is_drawn(count: int) -> None:
    only = evaluation([asked(question(f"u{n}"), answerable=False) for n in range(count)], [])
    Reader(render_page(only, summarise(only)))


@given(st.lists(st.integers(0, 10), min_size=0, max_size=6, unique=True))
def test_the_pieces_of_a_passage_are_its_text(cuts: list[int]) -> None:
    ends = sorted(cuts[: len(cuts) // 2 * 2])
    spans = [Span(start, end) for start, end in zip(ends[::2], ends[1::2], strict=True)]
    shown = replace(hit(1, A, *spans[::-1]), text="0123456789")
    assert "".join(piece.text for piece in pieces(shown)) == shown.text
    assert [piece.text for piece in pieces(shown) if piece.highlighted] == [
        s.slice(shown.text) for s in spans
    ]
