"""Keys, names and addresses: who may ask."""

import hashlib
from pathlib import Path

import httpx
import pytest

from api.security import check_binding, is_loopback
from rag.errors import BadConfiguration
from rag.settings import load_settings
from tests.api.conftest import serving
from tests.api.problem_checks import assert_problem

KEY = "correct horse battery staple é"
DIGEST = hashlib.sha256(KEY.encode()).hexdigest()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]"])
def test_this_machine_needs_no_key(host: str) -> None:
    assert is_loopback(host)
    check_binding(load_settings(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "ibid.example", ""])
def test_listening_elsewhere_without_a_key_is_refused(host: str) -> None:
    with pytest.raises(BadConfiguration, match="API key") as refusal:
        check_binding(load_settings(host=host))
    assert "IBID_API_KEY_SHA256" in refusal.value.remedy
    check_binding(load_settings(host=host, api_key_sha256=DIGEST))


def test_the_server_itself_refuses_to_start_open(indexed: Path, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="API key"), serving(indexed, tmp_path, IBID_HOST="0.0.0.0"):
        pass


def test_with_a_key_only_its_holder_is_answered(indexed: Path, tmp_path: Path) -> None:
    with serving(indexed, tmp_path, IBID_API_KEY_SHA256=DIGEST) as server, server.client() as http:
        question = {"question": "accord"}
        encoded = KEY.encode()
        for refused in (None, b"Bearer", b"Bearer " + encoded[:-1], b"Basic !!", b"Token " + encoded):
            headers = {b"authorization": refused} if refused else {}
            reply = http.post("/v1/ask", json=question, headers=headers)
            assert_problem(reply, 401, "key-required")
            assert "Basic" in reply.headers["www-authenticate"]
        bearer = {b"authorization": b"Bearer " + encoded}
        assert http.post("/v1/ask", json=question, headers=bearer).status_code == 200
        assert http.get("/", auth=("reader", KEY)).status_code == 200
        assert http.get("/healthz").status_code == http.get("/readyz").status_code == 200
        for closed in ("/", "/docs", "/metrics", "/v1/documents", "/openapi.json", "/nothing"):
            assert_problem(http.get(closed), 401)


def test_a_name_that_was_allowed_is_served(indexed: Path, tmp_path: Path) -> None:
    given = {"IBID_ALLOWED_HOSTS": "ibid.example, second.example"}
    with serving(indexed, tmp_path, **given) as server, server.client() as http:
        assert http.get("/healthz", headers={"host": "IBID.example:80"}).status_code == 200
        assert http.get("/healthz", headers={"host": "second.example"}).status_code == 200
        assert http.get("/healthz").status_code == 200
        assert_problem(http.get("/healthz", headers={"host": "other.example"}), 400, "unknown-host")


def test_a_flood_of_one_client_is_slowed_down(indexed: Path, tmp_path: Path) -> None:
    given = {"IBID_RATE_LIMIT_PER_MINUTE": "20"}
    with serving(indexed, tmp_path, **given) as server, server.client() as http:
        replies = [http.post("/v1/ask", json={"question": "accord"}) for _ in range(30)]
        assert [reply.status_code for reply in replies] == [200] * 20 + [429] * 10
        assert_problem(replies[-1], 429, "too-many-requests")
        assert 0 < int(replies[-1].headers["retry-after"]) <= 61
        assert http.get("/healthz").status_code == 200


def test_replies_go_to_the_asker_only(http: httpx.Client) -> None:
    assert http.post("/v1/ask", json={"question": "accord"}).headers["cache-control"] == "no-store"
