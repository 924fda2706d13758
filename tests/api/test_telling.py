"""Prose over a socket: a real server asks a real endpoint process, honest or not."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.prose.composing import NO_MODEL, NOT_ANSWERED
from tests.api.conftest import Server, eventually, serving
from tests.api.problem_checks import assert_problem
from tests.lies import lies_about
from tests.models import Model, running_model

GOLD = Path(__file__).parents[2] / "seeds" / "gold.jsonl"
QUESTION = "what did Luxembourg and Morocco sign?"
KEY = "a-secret-key-of-the-model"
PATIENCE = "1.5"
Events = list[tuple[str, Any]]


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    with running_model() as running:
        yield running


@pytest.fixture(scope="module")
def telling(indexed: Path, model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(
        indexed,
        tmp_path_factory.mktemp("telling"),
        IBID_LLM_URL=model.url,
        IBID_LLM_MODEL="small",
        IBID_LLM_KEY=KEY,
        IBID_LLM_PATIENCE_SECONDS=PATIENCE,
    ) as server:
        yield server


@pytest.fixture
def client(telling: Server) -> Iterator[httpx.Client]:
    with telling.client() as client:
        yield client


def events_of(reply: httpx.Response) -> Events:
    assert reply.headers["content-type"].startswith("text/event-stream"), reply.text
    blocks = [block.splitlines() for block in reply.text.split("\n\n") if block.startswith("event: ")]
    return [
        (lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: "))) for lines in blocks
    ]


def tell(client: httpx.Client, question: str = QUESTION, **fields: Any) -> Events:  # noqa: ANN401
    return events_of(client.post("/v1/ask/stream", json={"question": question, **fields}))


def test_the_passages_come_first_and_are_the_reply_of_ask(client: httpx.Client, model: Model) -> None:
    model.be("honest")
    (name, passages), *_ = tell(client)
    plain = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert name == "passages"
    assert passages | {"took_ms": 0} == plain | {"took_ms": 0}


def test_sentences_carry_ids_of_the_passages_and_the_end_counts_them(
    client: httpx.Client, model: Model
) -> None:
    model.be("honest")
    (_, passages), *told, (last, ending) = tell(client)
    ids = {passage["citation"]["id"] for passage in passages["passages"]}
    assert told
    assert {name for name, _ in told} == {"sentence"}
    assert all(sentence["citations"] and set(sentence["citations"]) <= ids for _, sentence in told)
    assert last == "end"
    assert (ending["shown"], ending["reason"]) == (len(told), None)


def test_no_lie_of_a_malicious_endpoint_is_shown_in_200_answers(client: httpx.Client, model: Model) -> None:
    model.be("malicious")
    questions = [json.loads(line)["question"] for line in GOLD.read_text("utf-8").splitlines()]
    answers = lies = 0
    for question in questions:
        (_, passages), *told, (_, ending) = tell(client, question, k=3)
        assert told == [], (question, told)
        if passages["answerable"]:
            material = [
                {"number": one["rank"], "title": one["citation"]["title"], "text": one["text"]}
                for one in passages["passages"]
            ]
            assert sum(ending["dropped"].values()) >= len(lies_about(material))
            answers, lies = answers + 1, lies + len(lies_about(material))
        if answers == 200:
            break
    assert answers == 200
    assert lies > 2000


def test_an_endpoint_that_is_wrong_leaves_the_passages_alone(client: httpx.Client, model: Model) -> None:
    model.be("wrong")
    (_, passages), (last, ending) = tell(client)
    assert passages["passages"]
    assert last == "end"
    assert ending["shown"] == 0
    assert ending["dropped"].keys() == {"unsupported", "unknown-citation"}


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("slow", f"said nothing for {PATIENCE} s"),
        ("trickling", "does not come to an end"),
        ("cut", "broke off"),
        ("broken", "no chat completion"),
        ("refusing", "status 500"),
    ],
)
def test_a_failing_endpoint_ends_the_prose_with_a_reason(
    client: httpx.Client, model: Model, mode: str, reason: str
) -> None:
    model.be(mode)
    (_, passages), *told, (last, ending) = tell(client)
    assert passages["passages"]
    assert last == "end"
    assert reason in ending["reason"]
    assert ending["shown"] == len(told)


def test_an_endpoint_that_is_not_there_ends_the_prose_with_a_reason(indexed: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    with serving(indexed, tmp_path, IBID_LLM_URL=url) as server, server.client() as client:
        (_, passages), (_, ending) = tell(client)
    assert passages["passages"]
    assert "cannot be reached" in ending["reason"]


def test_without_an_endpoint_the_passages_stand_alone(http: httpx.Client) -> None:
    (_, passages), (last, ending) = tell(http)
    assert passages["passages"]
    assert (last, ending) == ("end", {"shown": 0, "dropped": {}, "reason": NO_MODEL})


def test_where_the_articles_hold_no_answer_no_model_is_asked(client: httpx.Client, model: Model) -> None:
    model.be("honest")
    (_, passages), (_, ending) = tell(client, "quel est le prix du blé en Ukraine ?")
    assert not passages["answerable"]
    assert ending["reason"] == NOT_ANSWERED
    assert model.seen()["seen"] == []


def test_a_follow_up_is_rewritten_and_the_reader_sees_how(client: httpx.Client, model: Model) -> None:
    model.be("honest")
    (_, passages), (name, rewritten), *_ = tell(client, "qui a signé ?", earlier=["que font ces pays ?"])
    assert (name, rewritten["asked"]) == ("rewritten", "qui a signé ?")
    assert rewritten["question"] == passages["question"] == "qui a signé au Luxembourg ?"
    sent = json.dumps(model.seen()["seen"][0]["asked"])
    assert "que font ces pays" in sent
    assert "passages" not in json.loads(json.loads(sent)["messages"][-1]["content"])


def test_a_follow_up_that_cannot_be_rewritten_is_searched_for_as_it_is(
    client: httpx.Client, model: Model
) -> None:
    model.be("refusing")
    (_, passages), (_, rewritten), *_ = tell(client, "qui a signé ?", earlier=["que font ces pays ?"])
    assert passages["question"] == rewritten["question"] == "qui a signé ?"
    assert "status 500" in rewritten["reason"]


def test_the_key_goes_to_the_model_and_nowhere_else(
    client: httpx.Client, model: Model, telling: Server
) -> None:
    model.be("honest")
    reply = client.post("/v1/ask/stream", json={"question": QUESTION})
    asked = model.seen()["seen"][0]
    assert asked["path"] == "/v1/chat/completions"
    assert asked["headers"]["authorization"] == f"Bearer {KEY}"
    assert asked["asked"]["model"] == "small"
    assert KEY not in reply.text + json.dumps(asked["asked"]) + telling.log.read_text()


def test_a_reader_who_leaves_ends_the_request_to_the_model(telling: Server, model: Model) -> None:
    model.be("trickling")
    asked = {"question": QUESTION}
    with telling.client() as client, client.stream("POST", "/v1/ask/stream", json=asked) as reply:
        parts = reply.iter_raw()
        assert next(parts)
        assert eventually(lambda: len(model.seen()["seen"]) == 1)
    # An answer given up by the server for its length would be counted too, but after six seconds.
    assert eventually(lambda: model.seen()["closed_early"] == 1, 4.0)


def test_what_is_wrong_with_the_question_is_a_problem_before_any_event(client: httpx.Client) -> None:
    assert_problem(client.post("/v1/ask/stream", json={"question": " "}), 422, "empty-question")
    assert_problem(client.post("/v1/ask/stream", json={"question": "x", "late": []}), 422, "unknown-field")
    assert_problem(
        client.post("/v1/ask/stream", json={"question": "x", "earlier": ["y"] * 11}), 422, "invalid-request"
    )
