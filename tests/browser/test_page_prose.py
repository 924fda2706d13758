"""Prose on the page: a real server asks a real endpoint process, honest or not, and a real browser looks."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.served import EXAMPLE, SEEDS, UNANSWERED, Site, Visit, ask, opened, running
from tests.browser.test_page_accessibility import small_targets, violations
from tests.endpoint import honest_sentences
from tests.models import Model, running_model

FOLLOW_UP = "et qui l'a signé ?"
PATIENCE = "1.5"


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    with running_model() as running_one:
        yield running_one


@pytest.fixture(scope="module")
def telling(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the given articles with a language model beside them."""
    made = Site([SEEDS / "articles"], tmp_path_factory.mktemp("telling") / "data")
    made.index()
    with running(made, IBID_LLM_URL=model.url, IBID_LLM_PATIENCE_SECONDS=PATIENCE) as served:
        yield served


def told(page: Page) -> Locator:
    """Wait for the end of the last turn's prose."""
    turn = page.locator(".turn").last
    expect(turn.locator(".prose-note")).to_be_visible()
    expect(turn.locator(".writing")).to_have_count(0)
    return turn


def supported(site: Site) -> list[str]:
    """Return what the honest endpoint may say about the example, written by hand and without labels."""
    passages = site.ask(EXAMPLE)["passages"]
    material = [{"number": one["rank"], "text": one["text"]} for one in passages]
    return [re.sub(r" ?\[\d+\]", "", sentence) for sentence in honest_sentences(material)]


def test_verified_sentences_stand_above_the_passages_and_their_numbers_open_the_source(
    visit: Visit, telling: Site, model: Model
) -> None:
    model.be("honest")
    page = visit(at=telling.address, reduced_motion="reduce")
    ask(page, EXAMPLE)
    turn = told(page)
    sentences = turn.locator(".sentence").all_text_contents()
    assert sentences
    assert set(sentences) <= set(supported(telling))
    above, below = turn.locator(".told").bounding_box(), turn.locator(".passage").first.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"]
    expect(page.locator("#announcement")).to_contain_text(sentences[-1])
    assert violations(page) == []
    assert small_targets(page) == []
    link = turn.locator(".cite").last
    number = str(link.text_content()).strip("[]")
    cited = turn.locator(".passage").nth(int(number) - 1)
    assert link.get_attribute("href") == cited.locator(".open").get_attribute("href")
    link.click()
    opened(page)
    expect(page.locator("#source .number")).to_have_text(number)
    expect(cited).to_have_class(re.compile("shown"))


def test_a_page_that_came_with_its_passages_is_told_too(visit: Visit, telling: Site, model: Model) -> None:
    model.be("honest")
    page = visit(f"/?q={EXAMPLE}", at=telling.address)
    assert told(page).locator(".sentence").count() > 0
    expect(page.locator(".reply")).to_have_count(1)


@pytest.mark.parametrize("mode", ["malicious", "wrong"])
def test_a_false_sentence_is_never_shown_and_the_reader_learns_how_many_were_left_out(
    visit: Visit, telling: Site, model: Model, mode: str
) -> None:
    model.be(mode)
    page = visit(at=telling.address)
    # Whatever enters the prose at any time would be seen, also if it were taken out again.
    page.evaluate(
        """() => { window.entered = []; new MutationObserver(() => window.entered.push(
          ...[...document.querySelectorAll('.sentence')].map(e => e.textContent))
        ).observe(document.body, { childList: true, subtree: true }) }"""
    )
    ask(page, EXAMPLE)
    expect(told(page).locator(".prose-note")).to_have_text(
        re.compile(r"^\d+ sentences were left out because the passages do not bear them out\.$")
    )
    assert page.evaluate("window.entered") == []
    assert page.locator(".passage").count() > 0


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("refusing", "the language model refused"),
        ("broken", "the language model sent something unreadable"),
        ("cut", "the language model broke off"),
        ("slow", "the language model took too long"),
    ],
)
def test_a_failing_endpoint_leaves_the_passages_and_the_page_says_why(
    visit: Visit, telling: Site, model: Model, mode: str, reason: str
) -> None:
    model.be(mode)
    page = visit(at=telling.address)
    ask(page, EXAMPLE)
    if mode == "slow":
        expect(page.locator(".writing")).to_have_text("Writing…")
    expect(told(page).locator(".prose-note")).to_contain_text(f"{reason}.")
    hits = telling.ask(EXAMPLE)["passages"]
    expect(page.locator(".passage")).to_have_count(len(hits))


def test_the_reason_is_told_in_french_too(visit: Visit, telling: Site, model: Model) -> None:
    model.be("refusing")
    page = visit(at=telling.address, locale="fr-FR")
    ask(page, EXAMPLE)
    expect(told(page).locator(".prose-note")).to_have_text(
        "Il n’y a pas de résumé : le modèle de langage a refusé."
    )


def test_a_server_that_ends_while_it_tells_leaves_the_passages(
    visit: Visit, telling: Site, model: Model
) -> None:
    model.be("trickling")
    other = Site(telling.folders, telling.data)
    with running(other, IBID_LLM_URL=model.url, IBID_LLM_PATIENCE_SECONDS="60"):
        page = visit(at=other.address)
        ask(page, EXAMPLE)
        expect(page.locator(".writing")).to_have_text("Writing…")
        other.end_at_once()
    expect(told(page).locator(".prose-note")).to_contain_text("the server did not answer to the end.")
    assert page.locator(".passage").count() > 0


def test_a_follow_up_is_sent_with_the_questions_before_and_shown_as_understood(
    visit: Visit, telling: Site, model: Model
) -> None:
    model.be("honest")
    page = visit(at=telling.address)
    ask(page, EXAMPLE)
    expect(told(page).locator(".understood")).to_have_count(0)
    ask(page, FOLLOW_UP)
    understood = page.locator(".turn").last.locator(".understood")
    expect(understood).to_have_text("Understood as: et qui l'a signé au Luxembourg ?")
    asked = [json.loads(one["asked"]["messages"][-1]["content"]) for one in model.seen()["seen"]]
    assert [one["earlier_questions"] for one in asked if "earlier_questions" in one] == [[EXAMPLE]]


def test_a_follow_up_that_could_not_be_rewritten_is_said_to_stand_alone(
    visit: Visit, telling: Site, model: Model
) -> None:
    model.be("refusing")
    page = visit(at=telling.address)
    ask(page, EXAMPLE)
    ask(page, FOLLOW_UP)
    expect(page.locator(".turn").last.locator(".understood")).to_have_text(
        "Searched for word for word, without the earlier questions: the language model refused."
    )


def test_where_the_articles_hold_no_answer_there_is_no_prose(
    visit: Visit, telling: Site, model: Model
) -> None:
    model.be("honest")
    page = visit(at=telling.address)
    with page.expect_response("**/v1/ask/stream") as response:
        ask(page, UNANSWERED)
    assert response.value.finished() is None
    expect(page.locator(".prose")).to_have_count(0)
    expect(page.locator(".outcome-title")).to_have_text("Nothing close enough was found.")


def test_without_a_model_the_page_asks_for_passages_alone(visit: Visit) -> None:
    page = visit()
    sent: list[tuple[str, str | None]] = []
    page.on("request", lambda request: sent.append((request.url, request.post_data)))
    ask(page, EXAMPLE)
    ask(page, FOLLOW_UP)
    asked = [(url, data) for url, data in sent if "/v1/" in url]
    assert [url.rsplit("/v1/")[1] for url, _ in asked] == ["ask", "ask"]
    assert all("earlier" not in json.loads(data or "{}") for _, data in asked)
    expect(page.locator(".prose, .understood")).to_have_count(0)
