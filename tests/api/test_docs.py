"""The reference: complete, offline, without scripts."""

import json
import re
from typing import Any

import httpx
import pytest

from api.problems import KINDS


@pytest.fixture(scope="module")
def document(http: httpx.Client) -> dict[str, Any]:
    return dict(http.get("/openapi.json").json())


@pytest.fixture(scope="module")
def page(http: httpx.Client) -> str:
    return http.get("/docs").text


def test_the_reference_asks_nothing_of_other_machines(http: httpx.Client, page: str) -> None:
    style = http.get("/docs/style.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!/|#)', page)
    assert "http" not in style.text
    assert "@import" not in style.text


def test_every_operation_problem_and_model_is_on_the_page(page: str, document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert f"<code>{method.upper()} {path}</code>" in page
            assert f'id="{operation["operationId"]}"' in page
    for name in [*KINDS, *document["components"]["schemas"]]:
        assert f'id="{name}"' in page


def test_every_link_within_the_page_leads_somewhere(page: str) -> None:
    places = set(re.findall(r'id="([^"]+)"', page))
    assert {target for target in re.findall(r'href="#([^"]+)"', page) if target} <= places


def test_every_reference_of_the_document_resolves(document: dict[str, Any]) -> None:
    names = re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(document))
    assert names
    assert set(names) == set(document["components"]["schemas"])


def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["summary"]
            assert operation["description"]
            assert "200" in operation["responses"]


def test_every_field_of_a_reply_has_an_example_or_a_model(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field, inner in schema.get("properties", {}).items():
            assert re.search(r"examples|\$ref|const|enum", json.dumps(inner)), (name, field)


def test_every_parameter_says_what_it_is_and_has_an_example(document: dict[str, Any]) -> None:
    parameters = [
        parameter
        for operations in document["paths"].values()
        for operation in operations.values()
        for parameter in operation.get("parameters", [])
    ]
    assert {parameter["name"] for parameter in parameters} >= {"limit", "cursor", "format", "citation_id"}
    for parameter in parameters:
        assert parameter["description"]
        assert parameter["schema"].get("examples") or parameter["examples"], parameter["name"]


def test_the_example_question_of_the_document_is_answered(
    http: httpx.Client, document: dict[str, Any]
) -> None:
    fields = document["components"]["schemas"]["AskRequest"]["properties"]
    question = fields["question"]["examples"][0]
    assert http.post("/v1/ask", json={"question": question}).json()["answerable"]


def test_the_reference_is_the_contract_of_the_design(document: dict[str, Any]) -> None:
    fields = document["components"]["schemas"]["AskRequest"]["properties"]
    assert set(fields) == {"question", "k", "filters", "include_boilerplate", "use_dates"}
    assert "2000 characters" in fields["question"]["description"]
    assert (fields["k"]["minimum"], fields["k"]["maximum"], fields["k"]["default"]) == (1, 50, 5)
