"""Dates understood in a question: said under it as the reader writes dates, and ignored at a click."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from api.interface import messages
from api.period import brief, told_periods
from rag.dates import find_dates
from tests.browser.served import Site, Visit, ask

DATED = "Who met in Casablanca in September 2019?"
SEVERAL = "What changed in March 2021, since 2019, before 2018, between 2015 and 2017 and on 1 May 2020?"
TOLD = "Articles from 2019 on are favoured"
ABSENT = "No article is from March 2021, 2017 or before, 2015 – 2017, 1 May 2020"


def cited(page: Page) -> list[str | None]:
    turn = page.locator(".turn").last
    return list(turn.locator(".permalink").evaluate_all("es => es.map(e => e.getAttribute('href'))"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_date_is_told_and_removing_it_asks_again_without(visit: Visit, site: Site, script: bool) -> None:
    page = visit(f"/?q={DATED}", java_script_enabled=script)
    expect(page.locator(".dated")).to_contain_text("Articles from September 2019" if script else "2019-09")
    asked = {use: site.ask(DATED, use_dates=use)["passages"] for use in (True, False)}
    dated, undated = ([hit["citation"]["permalink"] for hit in asked[use]] for use in (True, False))
    assert dated != undated
    assert cited(page) == dated
    page.get_by_role("link", name="Ignore dates in the question").click()
    expect(page.locator(".turn").last.locator(".scope li")).to_have_text(["Ignore dates in the question"])
    expect(page.locator(".turn").last.locator(".permalink")).to_have_count(len(undated))
    assert cited(page) == undated
    assert parse_qs(urlsplit(page.url).query) == {"q": [DATED], "use_dates": ["false"]}
    page.reload()
    assert cited(page) == undated


def test_the_script_tells_dates_as_the_server_does(visit: Visit) -> None:
    page = visit(f"/?q={SEVERAL}")
    expect(page.locator(".dated span")).to_have_text(TOLD)
    expect(page.locator(".absent")).to_have_text(ABSENT)
    ask(page, SEVERAL)
    drawn = page.locator(".scope").evaluate_all(
        "scopes => scopes.map(scope => scope.innerHTML.replace(/>\\s+</g, '><').trim())"
    )
    assert len(drawn) == 2
    assert drawn[0] == drawn[1]
    page.click(".switch")
    expect(page.locator(".dated")).to_contain_text("cette période sont favorisés : 2019 et après")
    expect(page.locator(".absent")).to_have_text(
        "Aucun article n’est de cette période : mars 2021, 2017 et avant, 2015 – 2017, 1er mai 2020"
    )


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_date_without_articles_is_told_and_there_is_nothing_to_ignore(visit: Visit, script: bool) -> None:
    question = "What did Luxembourg and Morocco sign in 2018?"
    page = visit(f"/?q={question}", java_script_enabled=script)
    if script:
        ask(page, question)
    scope = page.locator(".turn").last.locator(".scope")
    expect(scope).to_have_text("No article is from 2018")
    expect(scope.get_by_role("link")).to_have_count(0)


def test_dates_can_be_ignored_from_the_filters(visit: Visit) -> None:
    page = visit()
    page.click(".filters summary")
    page.get_by_label("Ignore dates in the question").check()
    expect(page.locator(".filters-label")).to_have_text("1 filter")
    ask(page, DATED)
    expect(page.locator(".dated")).to_have_count(0)
    expect(page.locator(".scope li")).to_have_text(["Ignore dates in the question"])


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        ("2019-01-01", "2019-12-31", ("2019", "2019")),
        ("2020-02-01", "2020-02-29", ("2020-02", "2020-02")),
        ("2021-02-01", "2021-02-28", ("2021-02", "2021-02")),
        ("2020-02-01", "2020-02-28", ("2020-02-01", "2020-02-28")),
        ("2019-12-01", "2020-11-30", ("2019-12", "2020-11")),
        ("2019-01-02", "2019-12-31", ("2019-01-02", "2019-12-31")),
    ],
)
def test_a_period_is_written_no_longer_than_it_must_be(
    first: str, last: str, written: tuple[str, str]
) -> None:
    assert brief(date.fromisoformat(first), date.fromisoformat(last)) == written


def test_a_question_of_today_names_a_single_day() -> None:
    today = date(2026, 11, 25)
    (found,) = find_dates("what was signed yesterday?", today)
    day = (today - timedelta(days=1)).isoformat()
    reply = [{"first": found.first.isoformat(), "last": found.last.isoformat()}]
    told = told_periods(reply, "dates_favoured", messages("en"))
    assert told == f'Articles from <time datetime="{day}">{day}</time> are favoured'
