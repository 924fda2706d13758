"""What became of cited words: shown where they stand now, and never other words in their place."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.served import EXAMPLE, SEEDS, Site, Visit, await_index, joined, opened, running

ARTICLE = SEEDS / "articles" / "000_52c0f5cf6a24ba28.txt"
STATES = ("valid", "moved", "changed", "withdrawn")


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[Site]:
    """Serve four versions of one article, named after what will become of them."""
    folder = tmp_path / "copies"
    folder.mkdir()
    for state in STATES:
        # So much of its own that each is an article and a hit of its own.
        own = f"Exemplaire {state} : {' '.join(f'{state}{number}' for number in range(200))}."
        text = ARTICLE.read_text("utf-8").replace(
            "Lire sur le même sujet", f"{own}\n\nLire sur le même sujet"
        )
        (folder / f"{state}.txt").write_text(text, "utf-8")
    site = Site([folder], tmp_path / "data")
    site.index()
    with running(site):
        yield site


def change(site: Site) -> None:
    """Lengthen one copy, rewrite one, withdraw one, and wait until the server answers from them."""
    (folder,) = site.folders
    before = (folder / "moved.txt").read_text("utf-8")
    (folder / "moved.txt").write_text(f"Le ministère a mis ce texte à jour hier.\n\n{before}", "utf-8")
    rewritten = ARTICLE.read_text("utf-8").replace("Maroc", "Japon").replace("numérique", "agricole")
    (folder / "changed.txt").write_text(rewritten, "utf-8")
    (folder / "withdrawn.txt").unlink()
    await_index(site, site.index())


def test_cited_words_are_shown_where_they_stand_now_or_not_at_all(visit: Visit, copies: Site) -> None:
    chat = visit(f"/?q={EXAMPLE}&k=50", at=copies.address)
    plain = visit("/", at=copies.address, java_script_enabled=False)
    listed = copies.http.get("/v1/documents").json()["documents"]
    ids = {Path(document["source"]).stem: document["id"] for document in listed}
    assert set(ids) == set(STATES)
    change(copies)
    for state in STATES:
        card = chat.locator(f".passage[data-document='{ids[state]}']").first
        quote = card.locator(".quote").evaluate("quote => quote.textContent")
        answer = "".join(card.locator("mark.answer").all_text_contents())
        permalink = str(card.locator(".permalink").get_attribute("href"))
        stands = state in ("valid", "moved")
        reply = copies.http.get(permalink).json()
        assert (reply["state"], reply["text"]) == (state, quote if stands else None)
        for address in (permalink, str(card.locator(".open").get_attribute("href"))):
            plain.goto(address)
            expect(plain.locator(".state")).to_have_class(f"state {state}")
            assert joined(plain, "mark.cited") == (quote if stands else "")
        assert joined(plain, "mark.answer") == (answer if stands else "")
        assert (quote in joined(plain, "main")) is stands
        card.locator(".open").click()
        check_panel(chat, state)
        assert joined(chat, "#source mark.cited") == (quote if stands else "")
        assert joined(chat, "#source mark.answer") == (answer if stands else "")


def check_panel(page: Page, state: str) -> None:
    if state == "changed":
        expect(page.locator("#source .state.changed")).to_be_visible()
    elif state == "withdrawn":
        expect(page.locator("#source .problem")).to_contain_text("no such article")
    else:
        opened(page)


def test_sentences_are_marked_only_inside_the_cited_words(visit: Visit, site: Site) -> None:
    hit = site.ask(EXAMPLE)["passages"][0]
    page = visit("/", java_script_enabled=False)
    for places in ("0-99999999", "5-2", "a-b", "-", "3", "1-2-3", "0-0"):
        page.goto(f"{hit['citation']['permalink']}?answers={places}")
        assert joined(page, "mark.cited") == hit["text"]
        assert page.locator("mark.answer").count() == 0
