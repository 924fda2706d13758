"""The page for everybody: WCAG 2.2 AA by axe-core, reflow, target sizes, reduced motion."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.served import EXAMPLE, UNANSWERED, Site, Visit, ask, opened

RULES = {"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"}
OPTIONS = {"runOnly": {"type": "tag", "values": sorted(RULES)}, "resultTypes": ["violations"]}
SMALLEST_TARGET = 24  # CSS pixels, WCAG 2.5.8
NARROWEST = 320  # CSS pixels, WCAG 1.4.10


def violations(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page, options=OPTIONS).response
    return [f"{v['id']}: {node['html'][:120]}" for v in found["violations"] for node in v["nodes"]]


def small_targets(page: Page) -> list[str]:
    return list(
        page.evaluate(
            """(least) => [...document.querySelectorAll('a, button, summary, input, select, textarea')]
            .filter(e => e.checkVisibility() && !e.closest('.skip')).filter(e => {
              const box = e.getBoundingClientRect();
              return box.width > 0 && Math.min(box.width, box.height) < least && !e.closest('label');
            }).map(e => e.outerHTML.slice(0, 100))""",
            SMALLEST_TARGET,
        )
    )


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("wide", [True, False], ids=["1280px", "360px"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_axe_finds_nothing(visit: Visit, site: Site, locale: str, scheme: str, wide: bool) -> None:
    page = visit("/", wide=wide, locale=locale, color_scheme=scheme, reduced_motion="reduce")
    page.click(".filters summary")
    page.click(".menu-button")
    assert violations(page) == []
    page.goto(f"/?q={UNANSWERED}&language=fr")
    ask(page, EXAMPLE)
    page.locator(".export summary").first.click()
    page.click(".menu-button")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator(".open").last.click()
    opened(page)
    assert violations(page) == []
    assert small_targets(page) == []
    page.goto(site.ask(EXAMPLE)["passages"][0]["citation"]["permalink"])
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_something_is_wrong(visit: Visit, scheme: str) -> None:
    page = visit("/?q=x&k=0", color_scheme=scheme, reduced_motion="reduce")
    page.context.set_offline(True)
    page.fill("#question", EXAMPLE)
    page.press("#question", "Enter")
    expect(page.locator(".problem")).to_have_count(2)
    assert violations(page) == []
    page.context.set_offline(False)
    page.goto("/?q=who signed the treaty of the northern lighthouses?")
    expect(page.locator(".control").first).to_be_visible()
    assert violations(page) == []
    for address in ("/documents/0000000000000000", f"/c/{'0' * 16}-0-1-{'0' * 16}"):
        page.goto(address)
        assert violations(page) == []
        expect(page.locator("h1")).to_be_visible()


def test_the_page_reflows_at_320_pixels(visit: Visit, site: Site) -> None:
    page = visit("/", viewport={"width": NARROWEST, "height": 640})
    permalink = site.ask(EXAMPLE)["passages"][0]["citation"]["permalink"]
    for path in (
        "/",
        f"/?q={EXAMPLE}&language=fr",
        "/?q=inscription&k=50",
        permalink,
    ):
        page.goto(path)
        if page.locator(".filters summary").count():
            page.click(".filters summary")
        assert sideways(page) <= 0
        assert small_targets(page) == []
        if page.locator(".open").count():
            page.click(".filters summary")
            page.locator(".open").first.click()
            opened(page)
            assert (
                page.evaluate("(s => s.scrollWidth - s.clientWidth)(document.querySelector('.scroller'))")
                <= 0
            )


def test_the_reference_reflows_at_320_pixels(visit: Visit) -> None:
    assert sideways(visit("/docs", viewport={"width": NARROWEST, "height": 640})) <= 0


def test_nothing_moves_for_those_who_asked_for_less_motion(visit: Visit) -> None:
    page = visit(f"/?q={EXAMPLE}", reduced_motion="reduce")
    page.locator(".open").first.click()
    opened(page)
    moving = page.evaluate("document.getAnimations().map(a => a.animationName ?? a.transitionProperty)")
    assert moving == []


def test_what_has_focus_is_not_hidden_by_the_question_box(visit: Visit) -> None:
    page = visit(f"/?q={EXAMPLE}&k=10")
    page.locator(".question").focus()
    for _ in range(page.locator(".passages :is(a, button, summary):visible").count()):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => { const at = document.activeElement, box = at.getBoundingClientRect();
              return !at.contains(document.elementFromPoint(box.left + 4, box.top + box.height / 2)) }"""
        )
        assert not hidden
