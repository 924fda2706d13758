"""What every problem reply must look like, checked in one place."""

import httpx

from api.problems import KINDS

MEMBERS = {"type", "title", "status", "detail", "request_id", "errors"}


def assert_problem(reply: httpx.Response, status: int, slug: str | None = None) -> dict[str, object]:
    """Assert that a reply is a small RFC 9457 problem of this status and return it."""
    assert reply.status_code == status, reply.text[:300]
    assert reply.headers["content-type"] == "application/problem+json"
    assert len(reply.content) < 1024
    details = reply.json()
    assert set(details) <= MEMBERS
    kind = details["type"].removeprefix("/docs#")
    assert KINDS[kind] == (status, details["title"])
    assert details["status"] == status
    assert details["request_id"] == reply.headers["x-request-id"]
    assert slug in (None, kind), details
    return dict(details)
