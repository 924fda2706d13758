"""Exports over HTTP: one citation, a whole conversation, and every way of asking wrongly."""

import json
import re

import bibtexparser
import httpx
import pytest
import rispy

from api.requests import MAX_EXPORTED
from rag.exports import EXPORTS
from tests.api.problem_checks import assert_problem


@pytest.fixture(scope="module")
def passages(http: httpx.Client) -> list[dict[str, object]]:
    asked = {"question": "what did Luxembourg and Morocco sign?", "k": 3}
    return list(http.post("/v1/ask", json=asked).json()["passages"])


@pytest.fixture(scope="module")
def ids(passages: list[dict[str, object]]) -> list[str]:
    return [str(passage["citation"]["id"]) for passage in passages]  # type: ignore[index]


def ids_in(form: str, text: str) -> list[str]:
    if form == "ris":
        return [entry["id"] for entry in rispy.loads(text)]
    if form == "bibtex":
        return [entry.key for entry in bibtexparser.parse_string(text).entries]
    if form == "csl-json":
        return [item["id"] for item in json.loads(text)]
    return re.findall(r"\[Permalink\]\([^)]*/c/([^)]+)\)", text)


@pytest.mark.parametrize("form", EXPORTS)
def test_one_citation_is_exported_by_address(http: httpx.Client, ids: list[str], form: str) -> None:
    reply = http.get(f"/v1/citations/{ids[0]}/export", params={"format": form})
    assert reply.status_code == 200
    export = EXPORTS[form]  # type: ignore[index]
    assert reply.headers["content-type"].partition(";")[0] == export.media_type
    assert reply.headers["content-disposition"] == f'attachment; filename="ibid.{export.suffix}"'
    assert ids_in(form, reply.text) == [ids[0]]
    assert f"{http.base_url}/c/{ids[0]}" in reply.text.replace("\\", "")


@pytest.mark.parametrize("form", EXPORTS)
def test_a_conversation_is_exported_in_its_order(http: httpx.Client, ids: list[str], form: str) -> None:
    asked = {"format": form, "citations": [*reversed(ids), *ids]}
    assert ids_in(form, http.post("/v1/export", json=asked).text) == ids[::-1]


def test_the_words_exported_are_those_of_the_passage(
    http: httpx.Client, ids: list[str], passages: list[dict[str, object]]
) -> None:
    items = http.post("/v1/export", json={"format": "csl-json", "citations": ids}).json()
    assert [item["annote"] for item in items] == [passage["text"] for passage in passages]


def test_markdown_is_exported_unless_another_form_is_wanted(http: httpx.Client, ids: list[str]) -> None:
    for reply in (
        http.get(f"/v1/citations/{ids[0]}/export"),
        http.post("/v1/export", json={"citations": ids[:1]}),
    ):
        assert reply.headers["content-type"].startswith("text/markdown")
        assert reply.text.startswith("**[1]** ")


def test_a_withdrawn_citation_is_exported_with_a_note(http: httpx.Client) -> None:
    gone = f"{'0' * 16}-0-9-{'0' * 16}"
    assert "withdrawn" in http.get(f"/v1/citations/{gone}/export").text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"citations": []}, 422),
        ({"citations": "x"}, 422),
        ({"citations": ["x"]}, 422),
        ({"citations": [f"{'0' * 16}-5-4-{'0' * 16}"]}, 404),
        ({"citations": [f"{'0' * 16}-٠-9-{'0' * 16}"]}, 422),
        ({"citations": [f"{'0' * 16}-0-9-{'0' * 16}"] * (MAX_EXPORTED + 1)}, 422),
        ({"citations": [f"{'0' * 16}-0-9-{'0' * 16}"], "format": "pdf"}, 422),
        ({"citations": [f"{'0' * 16}-0-9-{'0' * 16}"], "more": 1}, 422),
        ([], 422),
    ],
)
def test_a_wrong_export_gives_a_problem(http: httpx.Client, body: object, status: int) -> None:
    assert_problem(http.post("/v1/export", json=body), status)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/v1/citations/x/export", 404),
        (f"/v1/citations/{'0' * 16}-5-4-{'0' * 16}/export", 404),
        (f"/v1/citations/{'0' * 16}-0-9-{'0' * 16}/export?format=pdf", 422),
        (f"/v1/citations/{'0' * 16}-0-9-{'0' * 16}/export?form=ris", 422),
        (f"/v1/citations/{'0' * 16}-0-9-{'0' * 16}/export?format=ris&format=ris", 422),
    ],
)
def test_a_wrong_address_of_an_export_gives_a_problem(http: httpx.Client, address: str, status: int) -> None:
    assert_problem(http.get(address), status)
