"""What the other addresses reply."""

import base64
import json
import re
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.security import HEADERS
from tests.api.conftest import ARTICLES, Server
from tests.api.problem_checks import assert_problem

QUESTION = {"question": "what did Luxembourg and Morocco sign?"}


def test_pages_follow_each_other_without_gap_or_overlap(http: httpx.Client) -> None:
    whole = http.get("/v1/documents", params={"limit": 100}).json()
    seen, address = [], "/v1/documents?limit=2"
    while address:
        reply = http.get(address)
        seen += reply.json()["documents"]
        link = re.fullmatch(r'<([^>]+)>; rel="next"', reply.headers.get("link", ""))
        assert bool(link) == bool(reply.json()["next"])
        address = link[1] if link else ""
    assert seen == whole["documents"]
    assert whole["total"] == len(seen) == len(list(ARTICLES.glob("*.txt")))
    assert [d["source"] for d in seen] == sorted(d["source"] for d in seen)


@pytest.mark.parametrize("cursor", ["!!!", "é", "x" * 201])
def test_what_is_no_cursor_is_refused(http: httpx.Client, cursor: str) -> None:
    assert_problem(http.get("/v1/documents", params={"cursor": cursor}), 422, "invalid-request")


@pytest.mark.parametrize("made_up", [b"", b"0", b"1:other", b"-1:x", b"\xff"])
def test_a_made_up_cursor_leads_nowhere(http: httpx.Client, made_up: bytes) -> None:
    cursor = base64.urlsafe_b64encode(made_up).decode().rstrip("=")
    assert_problem(http.get("/v1/documents", params={"cursor": cursor}), 404, "unknown-cursor")


def test_a_document_is_the_file_character_for_character(http: httpx.Client) -> None:
    for summary in http.get("/v1/documents").json()["documents"]:
        whole = http.get(f"/v1/documents/{summary['id']}").json()
        assert whole["text"] == (ARTICLES / Path(summary["source"]).name).read_bytes().decode()
        assert summary.items() <= whole.items()


@pytest.fixture(scope="module")
def cited(http: httpx.Client) -> dict[str, object]:
    return dict(http.post("/v1/ask", json=QUESTION).json()["passages"][0])


def test_a_citation_is_valid_and_shows_its_own_words(http: httpx.Client, cited: dict[str, object]) -> None:
    citation = cited["citation"]
    assert isinstance(citation, dict)
    for address in (citation["permalink"], f"/v1/citations/{citation['id']}"):
        reply = http.get(address, headers={"accept": "application/json"}).json()
        assert reply["state"] == "valid"
        assert reply["text"] == cited["text"]
        assert (reply["start"], reply["end"]) == (citation["start"], citation["end"])


def test_a_citation_of_other_words_never_shows_a_text(http: httpx.Client, cited: dict[str, object]) -> None:
    citation = cited["citation"]
    assert isinstance(citation, dict)
    document, start, end, _ = citation["id"].split("-")
    changed = http.get(f"/v1/citations/{document}-{start}-{end}-{'0' * 16}").json()
    assert (changed["state"], changed["text"], changed["start"]) == ("changed", None, None)
    gone = http.get(f"/v1/citations/{'0' * 16}-{start}-{end}-{'0' * 16}").json()
    assert (gone["state"], gone["text"], gone["document"]) == ("withdrawn", None, None)


def test_words_that_stand_elsewhere_are_moved(http: httpx.Client, cited: dict[str, object]) -> None:
    citation = cited["citation"]
    assert isinstance(citation, dict)
    document, start, end, digest = citation["id"].split("-")
    moved = http.get(f"/v1/citations/{document}-{int(start) + 1}-{int(end) + 1}-{digest}").json()
    assert (moved["state"], moved["text"], moved["start"]) == ("moved", cited["text"], int(start))


@pytest.mark.parametrize("identity", ["x", "0-1-2-3", "0" * 16 + "-5-4-" + "0" * 16, "%00"])
def test_what_is_no_citation_is_not_found(http: httpx.Client, identity: str) -> None:
    assert_problem(http.get(f"/v1/citations/{identity}"), 404, "not-found")
    assert_problem(http.get(f"/c/{identity}"), 404, "not-found")


def test_facets_are_the_values_of_the_documents(http: httpx.Client) -> None:
    every = http.get("/v1/documents", params={"limit": 100}).json()["documents"]
    for name, found in http.get("/v1/facets").json().items():
        assert found == sorted({d[name] for d in every} - {None})


def test_ready_says_which_index_answers(http: httpx.Client) -> None:
    ready = http.get("/readyz").json()
    assert ready["index"] == http.post("/v1/ask", json=QUESTION).json()["index"]
    assert ready["documents"] == http.get("/v1/documents").json()["total"]
    assert (ready["status"], ready["refused"]) == ("ready", None)


def test_health_touches_nothing(http: httpx.Client) -> None:
    assert http.get("/healthz").json() == {"status": "alive"}


def test_metrics_count_by_route_template_and_refusal(http: httpx.Client) -> None:
    def read() -> dict[str, float]:
        lines = http.get("/metrics").text.splitlines()
        return {k: float(v) for k, v in (each.rsplit(" ", 1) for each in lines if each[0] != "#")}

    count = "http_request_duration_seconds_count"
    asked = f'{count}{{method="POST",route="/v1/ask",status="200"}}'
    read_one = f'{count}{{method="GET",route="/v1/documents/{{document_id}}",status="404"}}'
    refused = 'ibid_problems_total{problem="not-found"}'
    before = read()
    http.post("/v1/ask", json=QUESTION)
    http.get("/v1/documents/0123456789abcdef")
    http.get("/nothing")
    after = read()
    grown = {name: after[name] - before.get(name, 0) for name in (asked, read_one, refused)}
    assert grown == {asked: 1, read_one: 1, refused: 2}
    assert after['ibid_stage_seconds_count{stage="retrieve"}'] > 0
    http.post("/v1/ask", json=QUESTION)
    remembered, computed = (f'ibid_question_vectors{{from="{where}"}}' for where in ("memory", "model"))
    assert read()[remembered] == after[remembered] + 1
    assert read()[computed] == after[computed] >= 1
    assert not [name for name in after if "0123456789abcdef" in name or "/nothing" in name]
    index = http.get("/readyz").json()["index"]["id"]
    assert any(name.startswith("ibid_index_info{") and index in name for name in after)


def test_metrics_are_readable_by_the_reference_parser(http: httpx.Client) -> None:
    families = {family.name for family in text_string_to_metric_families(http.get("/metrics").text)}
    assert {"http_request_duration_seconds", "ibid_stage_seconds", "ibid_index_info"} <= families


@pytest.mark.parametrize("address", ["/healthz", "/nothing", "/v1/documents", "/docs", "/", "/v1/ask"])
def test_every_reply_carries_the_security_headers(http: httpx.Client, address: str) -> None:
    reply = http.get(address)
    for name in HEADERS.keys() - {"cache-control"}:
        assert reply.headers[name] == HEADERS[name]
    assert "cache-control" in reply.headers
    assert "server" not in reply.headers


def test_a_sane_request_id_is_kept_and_any_other_replaced(http: httpx.Client) -> None:
    assert http.get("/healthz", headers={"x-request-id": "a.b-C_9"}).headers["x-request-id"] == "a.b-C_9"
    for bad in ("a b", "x" * 65, "<script>", "é".encode()):
        given = http.get("/healthz", headers={"x-request-id": bad}).headers["x-request-id"]
        assert re.fullmatch("[0-9a-f]{32}", given)


def test_logs_are_json_lines_without_questions(server: Server, http: httpx.Client) -> None:
    http.post("/v1/ask", json={"question": "zanzibar sesame"}, headers={"x-request-id": "logged-1"})
    http.get("/", params={"q": "zanzibar sesame"})
    lines = server.log.read_text().splitlines()
    records = [json.loads(line) for line in lines]
    assert "zanzibar" not in "".join(lines)
    mine = [record for record in records if record.get("request_id") == "logged-1"]
    assert [(r["route"], r["method"], r["status"]) for r in mine] == [("/v1/ask", "POST", 200)]


@pytest.mark.parametrize("path", ["/nowhere", "/v1/nowhere", "/documents/0/0"])
def test_an_unknown_address_is_told_to_people_as_a_page_and_to_programs_as_a_problem(
    http: httpx.Client, path: str
) -> None:
    page = http.get(path, headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": "fr"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert 'lang="fr"' in page.text
    told = http.get(path)
    assert (told.status_code, told.headers["content-type"]) == (404, "application/problem+json")
    assert told.json()["type"] == "/docs#not-found"
