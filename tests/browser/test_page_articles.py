"""The list of the articles that answer: reached from the page, each leads to its text."""

import pytest
from playwright.sync_api import expect

from api.reader import ON_A_PAGE
from tests.browser.served import EXAMPLE, Site, Visit, joined
from tests.browser.test_page_accessibility import sideways, small_targets, violations


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_every_article_is_listed_once_and_leads_to_its_text(visit: Visit, site: Site, script: bool) -> None:
    every = site.http.get("/v1/documents", params={"limit": 100}).json()["documents"]
    page = visit("/", java_script_enabled=script)
    page.get_by_role("link", name=f"{len(every)} articles").press("Enter")
    expect(page.locator("h1")).to_have_text(f"{len(every)} articles")
    items = page.locator(".articles li > a")
    listed = items.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(listed) == ON_A_PAGE < len(every)
    page.get_by_role("link", name="More articles").press("Enter")
    expect(items).to_have_count(len(every) - ON_A_PAGE)
    listed += items.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert listed == [f"/documents/{document['id']}" for document in every]
    expect(page.get_by_role("link", name="More articles")).to_have_count(0)
    page.goto("/documents")
    dated = next(document for document in every if document["published_on"])
    entry = page.locator(".articles li", has_text=dated["title"])
    expect(entry.locator(".outlet")).to_have_text(dated["outlet"])
    expect(entry.locator("time")).to_have_text("25 September 2019" if script else dated["published_on"])
    entry.get_by_role("link").first.press("Enter")
    expect(page.locator("h1")).to_have_text(dated["title"])
    assert joined(page, ".text p") == site.text_of(dated["id"])


def test_the_list_is_reached_from_a_conversation_too(visit: Visit) -> None:
    page = visit(f"/?q={EXAMPLE}")
    page.click(".menu-button")
    page.get_by_role("link", name="All articles").click()
    expect(page.locator(".articles li")).to_have_count(ON_A_PAGE)
    page.go_back()
    expect(page.locator(".question")).to_have_text(EXAMPLE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_is_for_everybody(visit: Visit, scheme: str) -> None:
    page = visit("/documents", viewport={"width": 320, "height": 640}, color_scheme=scheme)
    assert violations(page) == []
    assert small_targets(page) == []
    assert sideways(page) <= 0


def test_a_cursor_of_no_page_is_told(visit: Visit) -> None:
    page = visit("/documents")
    reply = page.goto("/documents?cursor=é")
    assert reply is not None
    assert reply.status == 404
    expect(page.locator(".problem-detail")).to_contain_text("No page has this cursor")
