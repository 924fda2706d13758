"""The source panel: the whole article, the cited words marked in place, what was set aside folded away."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.served import EXAMPLE, UNANSWERED, Site, Visit, ask, joined, opened

EMPTY = ("class", "")
UNTITLED = "Whom did the Moroccan minister meet in Lisbon?"  # answered by an article without a title


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_article_without_a_title_is_named_by_its_file(visit: Visit, site: Site, script: bool) -> None:
    cited = site.ask(UNTITLED)["passages"][0]["citation"]
    assert cited["title"] is None
    page = visit(f"/?q={UNTITLED}", java_script_enabled=script)
    if script:
        ask(page, UNTITLED)
    expect(page.locator(".turn").last.locator(".title").first).to_have_text(
        "articles/002_d00a182ae5951432.txt"
    )
    page.goto(cited["permalink"])
    expect(page.locator("h1")).to_have_text(cited["source"])
    assert page.title() == f"{cited['source']} – Ibid"


@pytest.mark.parametrize("wide", [True, False], ids=["1280px", "360px"])
@pytest.mark.parametrize("question", [EXAMPLE, "who signed the treaty of the northern lighthouses?"])
def test_the_words_marked_on_the_page_are_the_slices_the_api_cites(
    visit: Visit, site: Site, question: str, wide: bool
) -> None:
    reply = site.ask(question)
    page = visit(wide=wide)
    ask(page, question)
    assert page.locator(".passage").count() == len(reply["passages"])
    for n, hit in enumerate(reply["passages"]):
        citation, text = hit["citation"], site.text_of(hit["citation"]["document_id"])
        cited = text[citation["start"] : citation["end"]]
        marks = sorted(hit["highlights"], key=lambda mark: mark["start"])
        answers = [cited[mark["start"] : mark["end"]] for mark in marks]
        card = page.locator(".passage").nth(n)
        assert card.locator(".quote").evaluate("e => e.textContent") == cited
        assert card.locator("mark.answer").evaluate_all("es => es.map(e => e.textContent)") == answers
        card.locator(".open").click() if n == 0 else page.click("#source .next")
        expect(page.locator("#source .number")).to_have_text(str(n + 1))
        opened(page)
        assert joined(page, "#source .text mark.cited") == cited
        assert joined(page, "#source .text mark.answer") == "".join(answers)
        assert joined(page, "#source .text p") == text
        expect(page.locator("#source mark.answer").first).to_be_in_viewport(ratio=0.99)
    assert page.evaluate("document.querySelector('#source').matches(':modal')") is not wide


def test_what_was_set_aside_is_folded_away_but_present(visit: Visit, site: Site) -> None:
    page = visit(f"/?q={EXAMPLE}&outlet=Aujourd'hui le Maroc")
    page.locator(".open").first.click()
    opened(page)
    folded = page.locator("#source details.set-aside").first
    assert folded.evaluate("e => e.open") is False
    assert "Rabat: Ouverture du 5e Forum parlementaire Maroc-France" in folded.evaluate("e => e.textContent")
    expect(folded.locator("summary")).to_contain_text("set aside")
    folded.locator("summary").click()
    expect(folded.locator("p").first).to_be_visible()


def test_the_panel_becomes_a_full_screen_dialog_when_the_window_becomes_small(visit: Visit) -> None:
    page = visit(f"/?q={EXAMPLE}")
    page.locator(".open").first.click()
    opened(page)
    for width, modal in ((500, True), (1280, False)):
        page.set_viewport_size({"width": width, "height": 700})
        expect(page.locator("#source:modal")).to_have_count(int(modal))
        expect(page.locator("#source mark.answer").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".open").first).to_be_focused()


def test_what_the_script_draws_is_what_the_server_draws(visit: Visit, site: Site) -> None:
    """Two programs fill one template; they may not drift apart."""
    asked = f"/?q={EXAMPLE}&language=fr&k=10"
    for question in (asked, f"/?q={UNANSWERED}&language=fr"):
        drawn = visit(question)
        served = drawn.locator(".turn").evaluate("e => e.outerHTML")
        drawn.locator(".question").click()
        expect(drawn.locator(".turn:not(.waiting) .reply")).to_have_count(2)
        scripted = drawn.locator(".turn").last.evaluate("e => e.outerHTML")
        assert _plain(scripted) == _plain(served)
    drawn = visit(asked)
    drawn.locator(".open").first.click()
    opened(drawn)
    scripted = drawn.locator("#source .text").evaluate("e => e.outerHTML")
    drawn.goto(str(drawn.locator(".open").first.get_attribute("href")))
    served = drawn.locator(".text").evaluate("e => e.outerHTML")
    assert _plain(scripted) == _plain(served)


def _plain(html: str) -> str:
    """Leave out what may differ: blanks between tags, the order of attributes, the anchor's id."""
    sorted_tags = re.sub(r"<(\w+)\s+([^>]*)>", _sorted_attributes, html)
    return re.sub(r"\s+", " ", re.sub(r">\s+|\s+<", lambda blank: blank[0].strip(), sorted_tags))


def _sorted_attributes(tag: re.Match[str]) -> str:
    attributes = re.findall(r'([\w-]+)(?:="([^"]*)")?', tag[2])
    kept = [
        f"{name}={value.strip()}" for name, value in attributes if name != "id" and (name, value) != EMPTY
    ]
    return f"<{tag[1]} {' '.join(sorted(kept))}>"
