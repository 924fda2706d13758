"""The chat page in a real browser: ask, filter, copy, share, look back, by keyboard, in French."""

import os
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.browser.served import EXAMPLE, UNANSWERED, Site, Visit, ask, opened

# Where the picture of the README goes, which was taken with Debian's fonts-inter and fonts-sil-charis.
SCREENSHOT = os.environ.get("README_SCREENSHOT")
SCREENSHOT_BYTES = 400_000


def test_a_long_question_is_no_wall_before_its_passages_and_whole_in_focus(visit: Visit) -> None:
    page = visit(f"/?q={'recette de la tarte ' * 60}", wide=False)
    question = page.locator(".question")
    four_lines = "(e) => e.clientHeight <= 4.1 * parseFloat(getComputedStyle(e).lineHeight)"
    assert question.evaluate(four_lines)
    page.keyboard.press("Tab")  # from now on focus is that of a keyboard
    question.focus()
    assert question.evaluate("(e) => e.scrollHeight <= e.clientHeight")
    assert not question.evaluate(four_lines)


def test_a_follow_up_is_said_to_be_searched_alone(visit: Visit) -> None:
    page = visit()
    box = page.locator("#question")
    expect(box).to_have_attribute("placeholder", "Ask a question")
    ask(page, EXAMPLE)
    expect(box).to_have_attribute("placeholder", "Another question, searched on its own")
    page.reload()
    expect(box).to_have_attribute("placeholder", "Another question, searched on its own")


def test_filters_narrow_the_answer_and_are_told_with_it(visit: Visit, site: Site) -> None:
    page = visit()
    page.click(".filters summary")
    page.get_by_label("Aujourd'hui le Maroc").check()
    page.fill("[name=published_from]", "2019-01-01")
    expect(page.locator(".filters-label")).to_have_text("2 filters")
    ask(page, EXAMPLE)
    wanted = {"outlet": ["Aujourd'hui le Maroc"], "published_from": "2019-01-01"}
    cited = [hit["citation"]["permalink"] for hit in site.ask(EXAMPLE, filters=wanted)["passages"]]
    assert (
        page.locator(".passage .permalink").evaluate_all("es => es.map(e => e.getAttribute('href'))") == cited
    )
    assert set(page.locator(".passage .outlet").all_text_contents()) == {"Aujourd'hui le Maroc"}
    assert page.locator(".scope li").all_text_contents() == [
        "Published from 1 January 2019",
        "Outlet Aujourd'hui le Maroc",
    ]
    expect(page.locator(".filters")).not_to_have_attribute("open", "")
    page.click(".filters summary")
    page.fill("[name=published_from]", "2035-01-01")
    ask(page, EXAMPLE)
    expect(page.locator(".turn").last.locator(".outcome")).to_contain_text("No article matches the filters")
    page.click(".filters summary")
    page.click(".clear")
    expect(page.locator(".filters-label")).to_have_text("Filters")
    page.click(".widen")
    expect(page.locator(".reply")).to_have_count(3)
    expect(page.locator(".turn").last.locator(".outcome-title")).to_have_text("Answer found")
    assert parse_qs(urlsplit(page.url).query) == {"q": [EXAMPLE]}


def test_a_citation_and_the_address_of_a_question_can_be_copied(visit: Visit, site: Site) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(page, EXAMPLE)
    first = site.ask(EXAMPLE)["passages"][0]
    page.locator(".passage .copy").first.click()
    expect(page.locator(".passage .copy").first).to_have_text("Citation copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert first["text"].strip() in copied
    assert first["citation"]["title"] in copied
    assert copied.endswith(site.address + first["citation"]["permalink"])
    page.locator(".share").click()
    expect(page.locator(".share")).to_have_text("Link copied")
    shared = page.evaluate("navigator.clipboard.readText()")
    assert page.url == shared
    assert parse_qs(urlsplit(shared).query) == {"q": [EXAMPLE]}
    guest = visit(shared)
    expect(guest.locator(".question")).to_have_text(EXAMPLE)
    expect(guest.locator(".passage").first).to_be_visible()


def test_everything_can_be_done_from_the_keyboard(visit: Visit) -> None:
    page = visit(f"/?q={EXAMPLE}")
    page.keyboard.press("/")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type("qui a signé l'accord avec la Chambre de commerce ?")
    page.keyboard.press("Enter")
    expect(page.locator(".reply")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator("#question")).not_to_be_focused()
    turn = page.locator(".turn").last
    page.keyboard.press("j")
    expect(turn.locator(".open").first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(turn.locator(".open").first).to_be_focused()
    page.keyboard.press("2")
    opened(page)
    expect(turn.locator(".passage").nth(1)).to_have_class(re.compile("shown"))
    page.keyboard.press("j")
    expect(page.locator("#source .number")).to_have_text("3")
    page.keyboard.press("Escape")
    expect(page.locator("#source")).not_to_be_visible()
    expect(turn.locator(".open").nth(2)).to_be_focused()
    page.keyboard.press("?")
    page.get_by_label("Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator("#source")).not_to_be_visible()


def test_earlier_questions_stay_in_this_browser_until_cleared(visit: Visit) -> None:
    page = visit()
    ask(page, EXAMPLE)
    page.goto("/")
    page.click(".menu-button")
    page.locator(".earlier").click()
    expect(page.locator(".question")).to_have_text(EXAMPLE)
    expect(page.locator(".passage").first).to_be_visible()
    page.goto(str(page.locator(".open").first.get_attribute("href")))
    page.click(".menu-button")
    page.locator(".earlier").click()
    expect(page.locator(".question")).to_have_text(EXAMPLE)
    page.click(".menu-button")
    page.click("#forget")
    expect(page.locator(".earlier")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('ibid.history')") == "[]"


def test_the_page_speaks_french_and_remembers_the_switch(visit: Visit) -> None:
    page = visit(locale="fr-FR")
    assert page.locator("html").get_attribute("lang") == "fr"
    ask(page, EXAMPLE)
    expect(page.locator(".passage").first.locator(".language")).to_have_text("français")
    expect(page.locator(".passage time").first).to_have_text(re.compile(r"^\d{1,2} [a-zéû]+ \d{4}$"))
    assert page.locator(".quote").first.get_attribute("lang") == "fr"
    page.click(".switch")
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator(".question")).to_have_text(EXAMPLE)
    assert page.locator(".quote").first.get_attribute("lang") == "fr"
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == "en"


def test_going_back_leads_to_the_question_before_and_links_within_the_page_stay_on_it(visit: Visit) -> None:
    page = visit()
    ask(page, EXAMPLE)
    ask(page, UNANSWERED)
    page.go_back()
    expect(page.locator(".turn").first.locator(".question")).to_be_in_viewport(ratio=1)
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator(".turn")).to_have_count(2)


def test_the_picture_in_readme_shows_an_answer_with_its_source(visit: Visit, tmp_path: Path) -> None:
    page = visit(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    ask(page, EXAMPLE)
    page.locator(".open").first.click()
    opened(page)
    expect(page.locator(".open").first).to_be_in_viewport()  # opening a source keeps its passage in sight
    page.evaluate("scrollTo(0, 0)")
    picture = page.screenshot(path=SCREENSHOT or tmp_path / "screenshot.png")
    assert len(picture) < SCREENSHOT_BYTES
