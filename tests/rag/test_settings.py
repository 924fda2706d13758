"""Settings: command line over environment over ibid.toml over defaults; wrong ones named with their place."""

import json
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from rag.errors import BadConfiguration
from rag.settings import Settings, load_settings, origin, variable
from rag.wrong_setting import UNTOLD


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def toml(content: str) -> None:
    Path("ibid.toml").write_text(content, "utf-8")


LEVELS = [
    ([], 8000),
    (["toml"], 1001),
    (["environment"], 1002),
    (["command line"], 1003),
    (["toml", "environment"], 1002),
    (["toml", "command line"], 1003),
    (["environment", "command line"], 1003),
    (["toml", "environment", "command line"], 1003),
]


@pytest.mark.parametrize(("given", "port"), LEVELS)
def test_the_nearest_place_wins(monkeypatch: pytest.MonkeyPatch, given: list[str], port: int) -> None:
    if "toml" in given:
        toml("port = 1001")
    if "environment" in given:
        monkeypatch.setenv("IBID_PORT", "1002")
    settings = load_settings(port=1003 if "command line" in given else None)
    assert settings.port == port
    places = {0: "default", 1001: "ibid.toml", 1002: "IBID_PORT", 1003: "command line", 8000: "default"}
    assert origin("port", settings) == places[port]


def test_the_origin_is_that_of_each_setting_alone() -> None:
    toml("port = 1001")
    settings = load_settings(host="0.0.0.0")
    assert [origin(name, settings) for name in ("port", "host", "model")] == [
        "ibid.toml",
        "command line",
        "default",
    ]


def test_defaults_stay_on_this_machine() -> None:
    settings = load_settings()
    assert settings.host == "127.0.0.1"
    assert settings.model == "bundled"
    assert settings.data.is_absolute()
    assert "ibid" in settings.data.parts


WRONG_TOML = [
    ("prot = 1", "prot"),
    ('port = "many"', "port"),
    ("port = 70000", "port"),
    ("passage_tokens = 0", "passage_tokens"),
    ("rate_limit_per_minute = 0", "rate_limit_per_minute"),
    ('api_key_sha256 = "secret"', "api_key_sha256"),
    ("[data]\nfolder = 1", "data"),
    ("port = ", "ibid.toml"),
    ("port = 1\nport = 2", "ibid.toml"),
]


@pytest.mark.parametrize(("content", "named"), WRONG_TOML)
def test_a_wrong_file_is_refused_with_key_and_place(content: str, named: str) -> None:
    toml(content)
    with pytest.raises(BadConfiguration) as caught:
        load_settings()
    assert caught.value.exit_code == 78
    assert named in str(caught.value)
    assert "ibid.toml" in str(caught.value)
    assert caught.value.remedy


def test_a_file_that_is_not_utf_8_is_refused() -> None:
    Path("ibid.toml").write_bytes(b'data = "donn\xe9es"')
    with pytest.raises(BadConfiguration, match=r"ibid\.toml"):
        load_settings()


WRONG_VARIABLES = [
    ("IBID_PORT", "many"),
    ("IBID_PORT", "-1"),
    ("IBID_QUEUE_LIMIT", "0"),
    ("IBID_API_KEY_SHA256", "secret"),
    ("IBID_PROT", "1"),
    ("IBID_", "1"),
]


@pytest.mark.parametrize(("name", "value"), WRONG_VARIABLES)
def test_a_wrong_variable_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadConfiguration) as caught:
        load_settings()
    assert name in str(caught.value)
    assert caught.value.remedy


HOSTS = ["ibid.example", "[2001:db8::1]"]


@pytest.mark.parametrize("given", [",".join(HOSTS), f" {HOSTS[0]} , {HOSTS[1]}", json.dumps(HOSTS)])
def test_a_list_is_given_with_commas_or_as_json(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("IBID_ALLOWED_HOSTS", given)
    assert load_settings().allowed_hosts == tuple(HOSTS)
    monkeypatch.delenv("IBID_ALLOWED_HOSTS")
    toml(f"allowed_hosts = {json.dumps(HOSTS)}")
    assert load_settings().allowed_hosts == tuple(HOSTS)


NO_HOSTS = ["a name", "http://a", "a:80", "a,,b", ",", '["a"', "[1]", "[[]]", "2001::1", "münchen.example"]


@pytest.mark.parametrize("given", NO_HOSTS)
def test_what_no_request_can_name_is_refused_as_a_host(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("IBID_ALLOWED_HOSTS", given)
    with pytest.raises(BadConfiguration, match="IBID_ALLOWED_HOSTS"):
        load_settings()


def test_no_refusal_repeats_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IBID_API_KEY_SHA256", "hunter2")
    with pytest.raises(BadConfiguration) as caught:
        load_settings()
    assert "hunter2" not in f"{caught.value}{caught.value.remedy}"


def test_whatever_is_kept_secret_is_among_what_is_not_repeated() -> None:
    secret = {name for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)}
    assert secret
    assert secret < UNTOLD < set(Settings.model_fields)


# What is written, in the environment and in the file, and what is said of it.
TOLD = [
    ("port", "abc", '"abc"', "'abc' is no whole number"),
    ("port", "8000.5", "8000.5", "'8000.5' is no whole number"),
    ("port", "99999", "99999", "'99999' is more than 65535"),
    ("workers", "0", "0", "'0' is less than 1"),
    ("llm_patience_seconds", "soon", '"soon"', "'soon' is no number"),
    ("llm_patience_seconds", "0", "0", "'0' is not more than 0"),
    ("log_questions", "maybe", '"maybe"', "'maybe' is neither true nor false"),
    ("allowed_hosts", "a/b", '["a/b"]', "'a/b' does not have the form it needs"),
    ("index", "milvus://root:pw@host/x", '"milvus://root:pw@host/x"', "the value does not have the form"),
    ("index_token", None, "7", "the value is no text"),
    ("model", None, "3", "'3' is no text"),
    ("allowed_hosts", None, "4", "'4' is no list of texts"),
    ("data", None, "[]", "'[]' is no path"),
    ("prot", None, "1", "there is no such setting"),
    ("port", "1" * 5000, '"' + "x" * 5000 + '"', "is no whole number"),
]


@pytest.mark.parametrize(("name", "variable_value", "file_value", "said"), TOLD)
def test_value_place_and_remedy_are_told_in_our_own_words(
    monkeypatch: pytest.MonkeyPatch, name: str, variable_value: str | None, file_value: str, said: str
) -> None:
    toml(f"{name} = {file_value}")
    refused = [_refusal()]
    if variable_value is not None:
        toml("")
        monkeypatch.setenv(variable(name), variable_value)
        refused.append(_refusal())
        assert str(refused[1]).startswith(f"{variable(name)}: ")
    assert str(refused[0]).startswith(f"ibid.toml, key '{name}")
    field = Settings.model_fields.get(name)
    for one in refused:
        assert said in str(one)
        assert len(str(one)) < 200
        assert not re.search("Input|should|valid|Extra|pw", str(one))
        assert str(field.description if field else "known are data, index,") in one.remedy


def _refusal() -> BadConfiguration:
    with pytest.raises(BadConfiguration) as caught:
        load_settings()
    return caught.value


def test_a_wrong_option_is_refused_by_name() -> None:
    with pytest.raises(BadConfiguration, match="--port"):
        load_settings(port=70_000)


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    toml("queue_limit = 0")
    monkeypatch.setenv("IBID_PORT", "many")
    with pytest.raises(BadConfiguration) as caught:
        load_settings(passage_tokens=1)
    assert all(name in str(caught.value) for name in ("queue_limit", "IBID_PORT", "--passage-tokens"))


def test_no_file_but_ibid_toml_is_read() -> None:
    Path(".env").write_text("IBID_PORT=1001\n")
    assert load_settings().port == 8000


def test_an_unknown_variable_of_another_program_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1001")
    assert load_settings().port == 8000


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        load_settings().port = 1  # type: ignore[misc]


def test_every_setting_is_described_and_has_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert variable(name) == f"IBID_{name.upper()}"
