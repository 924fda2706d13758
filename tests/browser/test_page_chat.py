"""The chat page in a real browser: ask, read the source, filter, copy, share, by keyboard, in French."""

import os
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Download, Route, expect

from tests.browser.served import EXAMPLE, UNANSWERED, Site, Visit, ask, joined, opened

SCREENSHOT = os.environ.get("README_SCREENSHOT")
SCREENSHOT_BYTES = 400_000
EMPTY = ("class", "")


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
        answers = [cited[h["start"] : h["end"]] for h in hit["highlights"]]
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


def test_a_passage_or_the_conversation_can_be_exported(visit: Visit, site: Site) -> None:
    page = visit(f"/?q={EXAMPLE}")
    ask(page, "Qui a présenté la stratégie Maroc Digital 2030 à Lisbonne ?")
    ask(page, UNANSWERED)
    cited = page.locator(".turn:not(.unanswered) .permalink")
    identities = cited.evaluate_all("links => links.map(link => link.href.split('/').at(-1))")
    card = page.locator(".passage").first
    card.locator(".export summary").click()
    for form in ("markdown", "ris", "bibtex", "csl-json"):
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


def test_an_answer_is_announced_once(visit: Visit) -> None:
    page = visit()
    page.evaluate(
        """() => { window.said = []; new MutationObserver(() => said.push(announcement.textContent))
        .observe(announcement, {childList: true, characterData: true, subtree: true}) }"""
    )
    ask(page, EXAMPLE)
    said = page.evaluate("said")
    assert len(said) == 1
    assert said[0].startswith("5 passages, ")
    assert page.locator("#announcement").get_attribute("role") == "status"


def test_a_wait_is_shown_as_one(visit: Visit) -> None:
    page = visit()
    held: list[Route] = []
    page.route("**/v1/*", lambda route: held.append(route))
    page.route("**/v1/documents/*", lambda route: held.append(route))
    page.fill("#question", EXAMPLE)
    page.press("#question", "Enter")
    expect(page.locator(".turn .asking")).to_be_visible()
    held.pop().continue_()
    expect(page.locator(".passage").first).to_be_visible()
    expect(page.locator(".turn .asking")).to_be_hidden()
    page.locator(".open").first.click()
    expect(page.locator("#source .opening")).to_be_visible()
    held.pop().continue_()
    opened(page)
    expect(page.locator("#source .opening")).to_have_count(0)


def test_no_answer_offline_and_errors_say_what_to_do(visit: Visit) -> None:
    page = visit()
    ask(page, UNANSWERED)
    expect(page.locator(".outcome-title")).to_have_text("Nothing close enough was found.")
    expect(page.locator(".outcome .advice")).to_contain_text("Use other words")
    assert page.locator(".unanswered .passage").count() > 0
    page.context.set_offline(True)
    page.fill("#question", EXAMPLE)
    page.press("#question", "Enter")
    expect(page.locator(".problem")).to_contain_text("The server cannot be reached")
    page.context.set_offline(False)
    page.click(".problem .retry")
    expect(page.locator(".problem")).to_have_count(0)
    expect(page.locator(".reply")).to_have_count(2)
    page.evaluate("document.querySelector('#question').removeAttribute('maxlength')")
    page.fill("#question", "x" * 2001)
    page.press("#question", "Enter")
    expect(page.locator(".problem")).to_contain_text("2,000 characters")
    assert re.fullmatch(r"[0-9a-f]{32}", page.locator(".problem code").inner_text())
    expect(page.locator(".problem .retry")).to_have_count(0)  # the same words would fail again
    expect(page.locator("#question")).to_have_value("x" * 2001)  # they are there to be changed


def test_the_picture_in_readme_shows_an_answer_with_its_source(visit: Visit, tmp_path: Path) -> None:
    page = visit(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    ask(page, EXAMPLE)
    page.locator(".open").first.click()
    opened(page)
    expect(page.locator(".open").first).to_be_in_viewport()  # opening a source keeps its passage in sight
    page.evaluate("scrollTo(0, 0)")
    picture = page.screenshot(path=SCREENSHOT or tmp_path / "screenshot.png")
    assert len(picture) < SCREENSHOT_BYTES
