"""What the page says while it waits, when nothing answers, and when something is wrong."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.served import EXAMPLE, UNANSWERED, Site, Visit, ask, opened


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


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_only_an_answer_has_a_word_of_strength(visit: Visit, script: bool) -> None:
    page = visit(f"/?q={EXAMPLE}", java_script_enabled=script)
    expect(page.locator(".outcome-detail")).to_contain_text("strong evidence")
    page.goto(f"/?q={UNANSWERED}")
    if script:
        ask(page, "Qui élève des huîtres à Cancale ?")
    expect(page.locator(".unanswered")).to_have_count(2 if script else 1)
    for outcome in page.locator(".unanswered .outcome").all():
        assert not re.search(r"evidence|%", outcome.inner_text())


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_articles_that_a_filter_of_days_leaves_out_are_told(visit: Visit, site: Site, script: bool) -> None:
    every = site.http.get("/v1/documents", params={"limit": 100}).json()["documents"]
    undated = sum(document["published_on"] is None for document in every)
    page = visit(f"/?q={EXAMPLE}&published_from=2019-01-01", java_script_enabled=script)
    expect(page.locator(".warnings li")).to_have_text(f"{undated} articles have no date and were left out.")
    if script:
        page.goto("/")
        page.click(".filters summary")
        page.fill("[name=published_to]", "2020-01-01")
        ask(page, EXAMPLE)
        expect(page.locator(".warnings li")).to_have_text(
            f"{undated} articles have no date and were left out."
        )


IN_FRENCH = {
    "outlet=Nobody": "Aucun article n’a pour titre de presse : Nobody. Titres connus : ",
    "&".join(f"outlet=Hier{n}" for n in range(7)): "Hier3, Hier4, …. Titres connus : ",
    "language=de": "Aucun article n’est dans cette langue : allemand. Langues connues : ",
    "published_from=2019-01-01": "articles n’ont pas de date et ont été laissés de côté.",
}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("given", IN_FRENCH)
def test_warnings_are_in_the_language_of_the_page(visit: Visit, given: str, script: bool) -> None:
    page = visit(f"/?q={EXAMPLE}&{given}", locale="fr-FR", java_script_enabled=script)
    drawn = page.locator(".warnings li").all_inner_texts()
    assert len(drawn) == 1
    assert IN_FRENCH[given] in drawn[0]
    if script:
        page.locator(".question").click()  # asks again, so that the script draws as well
        expect(page.locator(".reply")).to_have_count(2)
        assert page.locator(".warnings li").all_inner_texts() == drawn * 2
    expect(page.locator(".warnings li[lang]")).to_have_count(0)


def test_a_warning_without_words_on_the_page_is_shown_as_it_was_sent(visit: Visit) -> None:
    page = visit(f"/?q={EXAMPLE}&outlet=Nobody", locale="fr-FR")
    page.route("**/v1/ask", _with_an_unknown_notice)
    page.locator(".question").click()
    expect(page.locator(".warnings li[lang=en]")).to_contain_text("no article has the outlet 'Nobody'")


def _with_an_unknown_notice(route: Route) -> None:
    reply = route.fetch()
    changed = reply.json()
    changed["notices"][0]["code"] = "of-tomorrow"
    route.fulfill(response=reply, json=changed)


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


PROBLEMS_IN_FRENCH = {
    "k=0": "Passages : un nombre entier de 1 à 50.",
    "published_from=2020-01-02&published_to=2020-01-01": (
        "Publication : le premier jour ne doit pas suivre le dernier."
    ),
    "published_from=hier": "Publié depuis le : un jour du calendrier, par exemple 2019-09-25.",
    "outlet=" + "x" * 201: "Titre de presse : 50 au plus, chacun de 1 à 200 caractères.",
}


@pytest.mark.parametrize("given", PROBLEMS_IN_FRENCH)
def test_what_is_wrong_is_said_in_the_language_of_the_page_by_script_and_server_alike(
    visit: Visit, given: str
) -> None:
    page = visit(f"/?q={EXAMPLE}&{given}", locale="fr-FR")
    details = page.locator(".problem-detail")
    expect(details).to_have_text(PROBLEMS_IN_FRENCH[given])
    page.locator(".question").click()  # asks again, so that the script draws as well
    expect(details).to_have_text([PROBLEMS_IN_FRENCH[given]] * 2)
    expect(page.locator(".problem-detail[lang]")).to_have_count(0)


def test_what_the_page_has_no_words_for_is_shown_as_it_was_sent(visit: Visit) -> None:
    page = visit(f"/?q={EXAMPLE}&k=1&k=2", locale="fr-FR")
    expect(page.locator(".problem-detail[lang=en]")).to_contain_text("k stands 2 times in the address")
    teapot = {"title": "A teapot", "detail": "It is."}
    page.route("**/v1/ask", lambda route: route.fulfill(status=418, json=teapot))
    page.goto("/")
    page.fill("#question", EXAMPLE)
    page.press("#question", "Enter")
    expect(page.locator(".problem-detail[lang=en]")).to_have_text("A teapot. It is.")
