"""Problem replies (RFC 9457) for every error, under 1 kB and without any of the input."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 3  # named faults in one reply: enough to go on, and the reply stays under 1 kB
MAX_POINTER = 50  # characters: names an unknown field, cannot be used to echo a text
MAX_DETAIL = 400  # bytes: the longest are those that name a file of the index
MAX_MESSAGE = 110  # characters of one fault's message: the longest of pydantic's for our fields


class Kind(NamedTuple):
    """A kind of problem: its status and what a reader sees first."""

    status: int
    title: str


KINDS: Mapping[str, Kind] = {
    "bad-request": Kind(400, "The request cannot be understood"),
    "invalid-json": Kind(400, "The body is not valid JSON"),
    "utf-8-required": Kind(400, "The request is not in UTF-8"),
    "unknown-host": Kind(400, "This host name is not served here"),
    "key-required": Kind(401, "An API key is required"),
    "not-found": Kind(404, "Nothing is at this address"),
    "unknown-cursor": Kind(404, "No page has this cursor"),
    "method-not-allowed": Kind(405, "This address does not take this method"),
    "timeout": Kind(408, "The request took too long to arrive"),
    "too-large": Kind(413, "The body is too large"),
    "address-too-long": Kind(414, "The address is too long"),
    "json-required": Kind(415, "The body must be application/json"),
    "compressed": Kind(415, "The body must not be compressed"),
    "invalid-request": Kind(422, "A value is not allowed"),
    "invalid-unicode": Kind(422, "A text holds a lone surrogate"),
    "invalid-character": Kind(422, "A text holds a NUL character"),
    "empty-question": Kind(422, "The question is empty"),
    "question-too-long": Kind(422, "The question is too long"),
    "unknown-field": Kind(422, "A field is unknown"),
    "too-many-requests": Kind(429, "Too many requests"),
    "headers-too-large": Kind(431, "The headers are too large"),
    "internal": Kind(500, "Something went wrong on our side"),
    "index-not-ready": Kind(503, "There is no index to search"),
    "index-unreachable": Kind(503, "The index does not answer"),
    "busy": Kind(503, "Too many questions are waiting"),
}

FAULTS: Mapping[str, str] = {
    "empty_question": "empty-question",
    "question_too_long": "question-too-long",
    "invalid_character": "invalid-character",
    "extra_forbidden": "unknown-field",
}

STATUSES: Mapping[int, str] = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "json-required",
    422: "invalid-request",
    503: "busy",
}


class Fault(NamedTuple):
    """One wrong value: where it stands (JSON pointer) and what is wrong with it."""

    pointer: str
    detail: str


class Problem(Exception):
    """A reply that is not an answer; `slug` is a key of KINDS, `detail` says what to do."""

    def __init__(
        self, slug: str, detail: str, faults: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.slug = slug
        self.kind = KINDS[slug]
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})

    def body(self, request_id: str) -> bytes:
        """Return the problem details as JSON."""
        details: dict[str, Any] = {
            "type": f"/docs#{self.slug}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail.encode("utf-8", "replace")[:MAX_DETAIL].decode("utf-8", "ignore"),
            "request_id": request_id,
        }
        if self.faults:
            details["errors"] = [fault._asdict() for fault in self.faults[:MAX_ERRORS]]
        return json.dumps(details, ensure_ascii=False).encode()

    def response(self, request_id: str) -> Response:
        """Return the reply to send."""
        return Response(self.body(request_id), self.kind.status, self.headers, MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return these statuses as the OpenAPI document states them for an operation."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemReply"}}}
    return {status: {"description": "A problem (RFC 9457).", "content": content} for status in statuses}


def problem_of_validation(errors: Sequence[Any]) -> Problem:
    """Turn pydantic's errors (without their input) into one problem naming each place."""
    slug = FAULTS.get(errors[0]["type"], "invalid-request")
    faults = [Fault(_pointer(error["loc"]), error["msg"][:MAX_MESSAGE]) for error in errors[:MAX_ERRORS]]
    more = f" ({len(errors) - MAX_ERRORS} more)" if len(errors) > MAX_ERRORS else ""
    return Problem(slug, f"{faults[0].pointer}: {faults[0].detail}{more}", faults)


def problem_of_status(status: int, headers: Mapping[str, str] | None) -> Problem:
    """Turn a bare status raised by the web framework into a problem."""
    slug = STATUSES.get(status, "bad-request" if status < 500 else "internal")
    return Problem(slug, f"{KINDS[slug].title}. The reference is at /docs.", headers=headers)


def _pointer(place: Sequence[str | int]) -> str:
    parts = [re.sub(r"[^A-Za-z0-9_.-]", "?", str(part)[:MAX_POINTER]) for part in place]
    return ("#/" + "/".join(parts))[:MAX_POINTER]
