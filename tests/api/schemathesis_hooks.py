"""What no schema can say: which characters of a question can be seen, that days stand in their order."""

from typing import Any

import schemathesis

LONGEST = 2_000


def can_be_seen(text: object) -> bool:
    return not isinstance(text, str) or any(c.isprintable() and not c.isspace() for c in text)


def in_order(question: object) -> bool:
    filters = question.get("filters") if isinstance(question, dict) else None
    ends = (
        [filters.get(name) for name in ("published_from", "published_to")]
        if isinstance(filters, dict)
        else []
    )
    first, last = ends or (None, None)
    return not (isinstance(first, str) and isinstance(last, str) and first > last)


@schemathesis.hook
def filter_body(context: schemathesis.HookContext, body: Any) -> bool:  # noqa: ANN401 - any JSON value
    if not isinstance(body, dict):
        return True
    asked = [body.get("questions", [body]), body.get("earlier", [])]
    questions = [one for some in asked if isinstance(some, list) for one in some]
    seen = all(can_be_seen(one.get("question") if isinstance(one, dict) else one) for one in questions)
    return seen and all(map(in_order, questions))


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
    """Keep the conversations that end with a question: no schema can ask for that."""
    turns = case.body.get("messages") if isinstance(case.body, dict) else None
    last = turns[-1] if isinstance(turns, list) and turns else None
    if not isinstance(last, dict) or not isinstance(last.get("role"), str):
        return True
    content = last.get("content")
    asks = last["role"] == "user" and isinstance(content, str)
    return asks and can_be_seen(content) and "\0" not in content and len(content) <= LONGEST
