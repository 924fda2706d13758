"""An article that several outlets carry: one passage, and under it a line with the others, each a link."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.served import Site, Visit, ask, joined, running
from tests.browser.test_page_accessibility import sideways, small_targets, violations

STORY = (
    "Le Luxembourg et le Maroc ont signé mardi à Rabat un accord de coopération dans le domaine numérique. "
    "Il prévoit des échanges d'experts, une formation commune et l'ouverture des données publiques. "
    "Un comité se réunira deux fois par an pour suivre les projets et en proposer de nouveaux."
)
HARMFUL = "<img src=x onerror=alert(1)>"
CARRIED = (
    {"title": "Un accord à Rabat", "outlet": "L'Écho", "published_on": "2021-01-05", "text": STORY},
    {"title": "Un accord à Rabat", "outlet": HARMFUL, "published_on": "2021-01-06", "text": STORY},
    {"title": "Un accord à Rabat", "text": STORY},
    {"title": "Autre chose", "outlet": "L'Écho", "text": "La production de phosphates repart à la hausse."},
)
QUESTION = "Qu'ont signé le Luxembourg et le Maroc ?"
LINE = f"Also in {HARMFUL}, 6 January 2021; Un accord à Rabat"


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("carried")
    lines = "".join(json.dumps(article) + "\n" for article in CARRIED)
    (folder / "press.jsonl").write_text(lines, encoding="utf-8")
    made = Site([folder / "press.jsonl"], folder / "data")
    made.index()
    with running(made) as served:
        yield served


def links(page: Page) -> list[str]:
    return list(page.locator(".copies a").evaluate_all("links => links.map(a => a.getAttribute('href'))"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_other_outlets_of_a_passage_are_named_once_and_lead_to_their_articles(
    visit: Visit, carried: Site, script: bool
) -> None:
    page = visit(f"/?q={QUESTION}", at=carried.address, java_script_enabled=script)
    first = carried.ask(QUESTION)["passages"][0]
    line = LINE if script else LINE.replace("6 January 2021", "2021-01-06")
    expect(page.locator(".copies")).to_have_count(1)  # the article that stands alone has no such line
    expect(page.locator(".passage").first.locator(".copies")).to_have_text(line)
    copies = [copy["document_id"] for copy in first["also_in"]]
    assert links(page) == [f"/documents/{copy}" for copy in copies]
    page.locator(".copies a").last.click()
    page.wait_for_url(f"**/documents/{copies[-1]}")
    assert joined(page, ".text p") == carried.text_of(copies[-1])


def test_the_script_names_them_as_the_server_does(visit: Visit, carried: Site) -> None:
    page = visit(f"/?q={QUESTION}", at=carried.address, locale="fr-FR")
    expect(page.locator(".copies")).to_contain_text("Aussi dans")
    ask(page, QUESTION)
    drawn = page.locator(".copies").evaluate_all("lines => lines.map(line => line.innerHTML)")
    assert len(drawn) == 2
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("wide", [True, False], ids=["1280px", "360px"])
def test_everybody_can_use_the_line_and_the_dates_above_it(visit: Visit, carried: Site, wide: bool) -> None:
    page = visit(f"/?q={QUESTION} en janvier 2021", at=carried.address, wide=wide, reduced_motion="reduce")
    expect(page.locator(".dated")).to_have_count(1)
    expect(page.locator(".copies")).to_have_count(1)
    assert violations(page) == []
    assert small_targets(page) == []
    assert sideways(page) <= 0
