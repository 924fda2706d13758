"""No JSON value, and no bytes at all, make the service fail."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.problems import Problem, problem_of_validation
from tests.api.problem_checks import assert_problem

# Characters include lone surrogates; floats include NaN and infinities; integers have no bound.
texts = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
bodies = values | st.fixed_dictionaries(
    {},
    optional={
        "question": texts | values,
        "k": st.integers(-5, 60) | values,
        "filters": values
        | st.fixed_dictionaries(
            {}, optional={name: values for name in ("published_from", "published_to", "outlet", "language")}
        ),
        "include_boilerplate": st.booleans() | values,
    },
)
queries = st.dictionaries(st.text(max_size=10), st.text(max_size=40), max_size=3)
lightly = settings(max_examples=150, deadline=None)


@lightly
@given(body=bodies)
def test_no_json_value_makes_the_service_fail(http: httpx.Client, body: Any) -> None:  # noqa: ANN401
    reply = http.post(
        "/v1/ask", content=json.dumps(body).encode(), headers={"content-type": "application/json"}
    )
    if reply.status_code != 200:
        assert reply.status_code in (400, 422)
        assert_problem(reply, reply.status_code)


@lightly
@given(body=st.binary(max_size=200))
def test_no_bytes_make_the_service_fail(http: httpx.Client, body: bytes) -> None:
    reply = http.post("/v1/ask", content=body, headers={"content-type": "application/json"})
    assert_problem(reply, reply.status_code)
    assert reply.status_code in (400, 422)


@lightly
@given(path=st.text(max_size=40), query=queries)
@pytest.mark.parametrize("place", ["/v1/documents/", "/v1/citations/", "/v1/documents"])
def test_no_address_makes_the_service_fail(
    http: httpx.Client, place: str, path: str, query: dict[str, str]
) -> None:
    address = httpx.URL(http.base_url).copy_with(raw_path=_escaped(place + path, query))
    reply = http.get(address)
    assert reply.status_code < 500
    if reply.status_code >= 400:
        assert_problem(reply, reply.status_code)


def _escaped(path: str, query: dict[str, str]) -> bytes:
    return f"{quote(path)}?{urlencode(query)}".encode()


@given(
    st.lists(
        st.fixed_dictionaries({
            "type": st.sampled_from(["extra_forbidden", "string_type", "empty_question"]),
            "loc": st.lists(texts | st.integers(), max_size=4).map(tuple),
            "msg": st.text(max_size=500),
        }),
        min_size=1,
        max_size=20,
    )
)  # fmt: skip
def test_a_problem_stays_under_1_kB_whatever_the_fields_are_called(errors: list[dict[str, Any]]) -> None:
    problem: Problem = problem_of_validation(errors)
    assert len(problem.body("r" * 64)) < 1024
