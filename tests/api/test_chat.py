"""Chat completions over a socket, asked for as existing chat programs do."""

import html
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from api.chat_content import escaped
from api.chat_schemas import ChatReply
from tests.api.conftest import serving
from tests.api.problem_checks import assert_problem
from tests.awkward import texts
from tests.browser.hostile import PAYLOADS
from tests.models import running_model

QUESTION = "what did Luxembourg and Morocco sign?"
UNTITLED = "Whom did the Moroccan minister meet in Lisbon?"  # answered by an article without a title
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def complete(http: httpx.Client, *turns: tuple[str, Any], **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    messages = [{"role": role, "content": text} for role, text in turns]
    reply = http.post("/v1/chat/completions", json={"model": "ibid", "messages": messages, **fields})
    assert reply.status_code == 200, reply.text
    ChatReply.model_validate_json(reply.content)
    return dict(reply.json())


def rendered(markdown: str) -> str:
    return MARKDOWN.render(markdown)


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"</?p>|<br ?/?>", " ", markup))


@pytest.mark.parametrize("question", [QUESTION, UNTITLED])
def test_without_a_model_the_passages_are_the_answer_each_part_with_its_permalink(
    http: httpx.Client, question: str
) -> None:
    reply = complete(http, ("user", question), temperature=0.7, tools=[])
    message = reply["choices"][0]["message"]
    marked = [annotation["url_citation"] for annotation in message["annotations"]]
    assert len(marked) == len(reply["ibid"]["passages"])
    for citation, passage in zip(marked, reply["ibid"]["passages"], strict=True):
        words = message["content"][citation["start_index"] : citation["end_index"]]
        assert words == escaped(passage["text"])
        name = passage["citation"]["title"] or passage["citation"]["source"]
        assert citation["title"] == name
        assert escaped(name) in message["content"]
        checked = http.get(citation["url"], headers={"accept": "text/html"})
        assert checked.status_code == 200
        assert passage["citation"]["label"] in message["content"]


def test_the_reply_behind_it_is_that_of_ask(http: httpx.Client) -> None:
    plain = http.post("/v1/ask", json={"question": QUESTION}).json()
    assert complete(http, ("user", QUESTION))["ibid"] | {"took_ms": 0} == plain | {"took_ms": 0}


def test_the_events_add_up_to_the_reply(http: httpx.Client) -> None:
    whole = complete(http, ("user", QUESTION))
    body = {"messages": [{"role": "user", "content": QUESTION}], "stream": True}
    stream = http.post("/v1/chat/completions", json=body)
    assert stream.headers["content-type"].startswith("text/event-stream")
    data = [line.removeprefix("data: ") for line in stream.text.split("\n") if line]
    assert data.pop() == "[DONE]"
    choices = [json.loads(one)["choices"][0] for one in data]
    message = whole["choices"][0]["message"]
    assert "".join(choice["delta"].get("content", "") for choice in choices) == message["content"]
    assert choices[-1]["finish_reason"] == "stop"
    assert len(choices[-1]["delta"]["annotations"]) == len(message["annotations"])
    assert json.loads(data[0])["ibid"]["passages"] == whole["ibid"]["passages"]


def test_with_a_model_prose_is_the_answer_and_earlier_questions_count(indexed: Path, tmp_path: Path) -> None:
    with (
        running_model() as model,
        serving(indexed, tmp_path, IBID_LLM_URL=model.url) as server,
        server.client() as http,
    ):
        model.be("honest")
        turns = [("system", "Be brief."), ("user", "que font ces pays ?"), ("assistant", "Ils signent.")]
        reply = complete(http, *turns, ("user", [{"type": "text", "text": "qui a signé ?"}]))
        assert reply["ibid"]["question"] == "qui a signé au Luxembourg ?"
        message = reply["choices"][0]["message"]
        assert message["content"].startswith(
            "On 25 January 2021, Marc Hansen and Moulay Hafid Elalamy signed"
        )
        first = message["annotations"][0]["url_citation"]
        assert message["content"][first["start_index"] : first["end_index"]].endswith("videoconference.")
        model.be("malicious")
        fallen_back = complete(http, ("user", QUESTION))["choices"][0]["message"]["content"]
        assert escaped(reply["ibid"]["passages"][0]["text"]) in fallen_back


def test_a_question_that_nothing_answers_says_so_first(http: httpx.Client) -> None:
    content = complete(http, ("user", "quel est le prix du blé en Ukraine ?"))["choices"][0]["message"][
        "content"
    ]
    assert content.startswith("Aucun passage ne semble répondre.")


def test_there_is_one_model(http: httpx.Client) -> None:
    reply = http.get("/v1/models").json()
    assert [model["id"] for model in reply["data"]] == ["ibid"]


def test_a_long_conversation_is_taken_and_a_long_question_is_not(http: httpx.Client) -> None:
    turns = [turn for n in range(30) for turn in (("user", f"question {n} ?"), ("assistant", "x" * 5000))]
    assert complete(http, *turns, ("user", QUESTION))["ibid"]["question"] == QUESTION
    body = {"messages": [{"role": "user", "content": "x" * 2001}]}
    assert_problem(http.post("/v1/chat/completions", json=body), 422, "question-too-long")


@pytest.mark.parametrize("messages", [[], [{"role": "assistant", "content": "?"}], [{"role": "user"}]])
def test_a_conversation_must_end_with_a_question(http: httpx.Client, messages: list[dict[str, str]]) -> None:
    reply = http.post("/v1/chat/completions", json={"messages": messages})
    assert_problem(reply, 422, "empty-question" if messages else "invalid-request")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_in_articles_is_text_to_whoever_renders_markdown(payload: str) -> None:
    shown = rendered(escaped(payload))
    assert set(re.findall(r"<\s*/?\s*([a-z0-9]+)", shown)) <= {"p", "br"}
    assert "".join(text_of(shown).split()) == "".join(payload.split())


@given(texts)
def test_no_text_becomes_markup(text: str) -> None:
    shown = rendered(escaped(text))
    assert set(re.findall(r"<\s*/?\s*([a-z0-9]+)", shown)) <= {"p", "br", "pre", "code"}
