"""Exports from the page: one passage, or the conversation."""

import re

from playwright.sync_api import Download, expect

from api.template import FORMATS
from rag.exports import EXPORTS
from tests.browser.served import EXAMPLE, UNANSWERED, Site, Visit, ask


def test_a_passage_or_the_conversation_can_be_exported(visit: Visit, site: Site) -> None:
    page = visit(f"/?q={EXAMPLE}")
    ask(page, "Qui a présenté la stratégie Maroc Digital 2030 à Lisbonne ?")
    ask(page, UNANSWERED)
    cited = page.locator(".turn:not(.unanswered) .permalink")
    identities = cited.evaluate_all("links => links.map(link => link.href.split('/').at(-1))")
    card = page.locator(".passage").first
    card.locator(".export summary").click()
    assert set(FORMATS) == set(EXPORTS)
    for form in EXPORTS:
        with page.expect_download() as one:
            card.locator(f"[data-format={form}]").click()
        reply = site.http.get(f"/v1/citations/{identities[0]}/export", params={"format": form})
        assert _undated(one.value) == re.sub(r"\d", "", reply.text)
        page.click(".menu-button")
        with page.expect_download() as whole:
            page.click(f"#export [data-format={form}]")
        page.keyboard.press("Escape")
        wanted = {"format": form, "citations": list(dict.fromkeys(identities))}
        reply = site.http.post("/v1/export", json=wanted)
        assert _undated(whole.value) == re.sub(r"\d", "", reply.text)
        assert whole.value.suggested_filename in reply.headers["content-disposition"]


def _undated(file: Download) -> str:
    """Leave out digits, of which the day of access is made: midnight may pass between two exports."""
    return re.sub(r"\d", "", file.path().read_bytes().decode())


def test_an_export_that_fails_says_so(visit: Visit) -> None:
    page = visit(f"/?q={UNANSWERED}")
    page.click(".menu-button")
    expect(page.locator("#export")).to_be_hidden()  # no answer, nothing to export
    page.keyboard.press("Escape")
    ask(page, EXAMPLE)
    page.context.set_offline(True)
    page.click(".menu-button")
    page.click("#export [data-format=ris]")
    expect(page.locator("#export [data-format=ris]")).to_have_text("Not exported")
