"""The page without JavaScript: a form, an answer, a reader, permanent addresses."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from starlette.testclient import TestClient

from api.app import create_app
from rag.settings import load_settings
from tests.browser.served import EXAMPLE, Site, Visit, joined


def test_a_question_can_be_asked_filtered_and_followed_to_its_source(visit: Visit, site: Site) -> None:
    page = visit("/", java_script_enabled=False)
    page.click(".filters summary")
    page.get_by_label("Aujourd'hui le Maroc").check()
    page.fill("#question", EXAMPLE)
    page.click(".ask")
    first = site.ask(EXAMPLE, filters={"outlet": "Aujourd'hui le Maroc"})["passages"][0]
    assert joined(page, ".passage:first-child .quote") == first["text"]
    assert set(page.locator(".passage .outlet").all_text_contents()) == {"Aujourd'hui le Maroc"}
    expect(page.locator(".copy").first).to_be_hidden()
    expect(page.get_by_label("Aujourd'hui le Maroc")).to_be_checked()
    page.locator(".open").first.click()
    marks = sorted(first["highlights"], key=lambda mark: mark["start"])
    answers = [first["text"][mark["start"] : mark["end"]] for mark in marks]
    assert joined(page, "mark.cited") == first["text"]
    assert joined(page, "mark.answer") == "".join(answers)
    assert joined(page, ".text p") == site.text_of(first["citation"]["document_id"])
    expect(page.locator("mark.answer").first).to_be_in_viewport(ratio=0.99)
    page.click(".switch")
    assert page.locator("html").get_attribute("lang") == "fr"
    assert joined(page, "mark.cited") == first["text"]
    page.goto(first["citation"]["permalink"])
    page.click("a[href='#cited']")
    expect(page.locator("mark.cited").first).to_be_in_viewport()
    page.locator(".export summary").click()
    with page.expect_download() as exported:
        page.click(".export [data-format=ris]")
    assert first["citation"]["title"] in exported.value.path().read_text("utf-8")


def test_a_question_that_cannot_be_asked_says_why(visit: Visit) -> None:
    page = visit("/", java_script_enabled=False)
    for address in (f"/?q={'x' * 2001}", "/?q=x&k=0", "/?q=x&k=1_0", "/?q=x&published_from=31/12/2019"):
        reply = page.goto(address)
        assert reply is not None
        assert reply.status == 422
        expect(page.locator(".problem")).to_contain_text("cannot be asked")
        expect(page.locator("#question")).to_be_visible()
        expect(page.get_by_label("Aujourd'hui le Maroc")).to_be_attached()
    for twice in ("k", "published_from", "published_to", "include_boilerplate", "use_dates", "q"):
        reply = page.goto(f"/?q=x&{twice}=&{twice}=2")
        assert reply is not None
        assert reply.status == 422
        times = 3 if twice == "q" else 2
        expect(page.locator(".problem-detail")).to_contain_text(f"{twice} stands {times} times")
    for flag in ("include_boilerplate", "use_dates"):
        assert (wrong := page.goto(f"/?q=x&{flag}=perhaps"))
        assert wrong.status == 422
        expect(page.locator(".problem-detail")).to_contain_text(f"({flag}): true or false")
    for address in ("/documents/0000000000000000", "/documents/..%2f..%2fetc%2fpasswd", "/c/nothing"):
        reply = page.goto(address)
        assert reply is not None
        assert reply.status == 404


def test_a_server_without_an_index_says_so_and_asks_nothing(tmp_path: Path) -> None:
    with TestClient(create_app(settings=load_settings(data=tmp_path)), base_url="http://localhost") as http:
        reply = http.get("/", headers={"accept-language": "fr"})
    assert reply.status_code == 503
    before_templates = reply.text.partition("<template")[0]
    assert "démarre encore" in before_templates
    assert 'class="turn' not in before_templates


@pytest.mark.parametrize(
    "marks", ["start=5&end=2", "start=-1&end=3", "start=0&end=99999999", "start=a&end=b", "start=1&end=٣"]
)
def test_a_place_that_does_not_exist_is_not_marked(visit: Visit, site: Site, marks: str) -> None:
    document = site.http.get("/v1/documents").json()["documents"][0]["id"]
    page = visit(f"/documents/{document}?{marks}", java_script_enabled=False)
    assert page.locator("mark").count() == 0
    assert joined(page, ".text p") == site.text_of(document)


def test_files_are_kept_by_the_browser_and_checked_by_their_digest(site: Site) -> None:
    html = site.http.get("/").text
    for name, kind in (("app.js", "text/javascript"), ("style.css", "text/css")):
        address = html.partition(f"/static/{name}")[2].partition('"')[0]
        reply = site.http.get(f"/static/{name}{address}")
        assert reply.headers["content-type"].startswith(kind)
        assert "immutable" in reply.headers["cache-control"]
        assert reply.headers["x-content-type-options"] == "nosniff"
        again = site.http.get(f"/static/{name}", headers={"If-None-Match": reply.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    for outside in (
        "index.html",
        "messages.fr.json",
        "../page.py",
        "..%2fpage.py",
        "%2e%2e/page.py",
        "/etc/passwd",
    ):
        assert site.http.get(f"/static/{outside}").status_code == 404


def test_the_switch_of_language_leads_nowhere_else(site: Site) -> None:
    for back in ("https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"):
        reply = site.http.get("/language/fr", params={"back": back})
        assert (reply.status_code, reply.headers["location"]) == (303, "/")
