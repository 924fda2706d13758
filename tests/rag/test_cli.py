"""The command line as a real process: exit codes, what goes where, and no traceback whatever is given."""

import json
import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from rag.cli import app
from rag.errors import BadConfiguration
from rag.terminal import plain
from tests.rag.conftest import COMMAND
from tests.rag.test_reply import ANSWER, CITATION, PASSAGE

ROOT = Path(__file__).parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
QUESTION = "What did Luxembourg and Morocco sign?"
FULL = Path("/dev/full")
HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e\u061ctitre\n\n"
    "Le Maroc \x1b[31msigne\x1b]8;;http://evil\x07 un accord [bold]gras[/bold]. "
)


def in_order(done: "subprocess.CompletedProcess[str]", code: int) -> None:
    """Check that a process ended as a program should: its code, and no traceback."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert (code == 0) or done.stderr.strip()


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text("Le Luxembourg et le Maroc signent un accord. La visite dure trois jours.")
    return folder


def test_articles_are_indexed_asked_changed_and_verified(ibid: Run, articles: Path) -> None:
    (articles / "b.txt").write_bytes(b"\xff\xfe")
    first = ibid("index", articles, "--json")
    in_order(first, 0)
    report = json.loads(first.stdout)
    assert (report["documents"], report["rebuilt"]) == (1, True)
    assert report["skipped"] == [["articles/b.txt", "empty", report["skipped"][0][2]]]
    again = ibid("index", "--strict")  # the folder is remembered
    in_order(again, 65) if again.stderr else None
    assert again.returncode == 65
    assert "unchanged" in again.stdout
    assert "articles/b.txt: empty" in again.stdout
    verified = ibid("verify")
    in_order(verified, 0)
    assert "files are as the manifest says" in verified.stdout


def test_the_report_of_a_run_says_what_was_read_skipped_guessed_and_repeated(
    ibid: Run, articles: Path
) -> None:
    story = (articles / "a.txt").read_text()
    (articles / "b.txt").write_bytes(story.replace("accord", "accord arrêté").encode("utf-16"))
    (articles / "copy.txt").write_text(story)
    (articles / "empty.txt").write_text(" ")
    (articles / "menu.txt").write_text("Accueil\nTout accepter\nNewsletter\nMentions légales\n")
    (articles / "records.jsonl").write_text(
        '{"id": "en", "text": "The ministers met twice in May."}\n{"text":'
    )
    (articles / "articles.toml").write_text(
        '["gone.txt"]\ntitle = "Parti"\n["a.txt"]\npublished_on = 2049-01-01\n'
    )
    done = ibid("index", articles, "--json")
    in_order(done, 0)
    assert done.stderr == ""  # no bar where nobody is looking
    report = json.loads(done.stdout)
    assert (report["documents"], len(report["change"]["added"])) == (5, 5)
    assert [(source, reason) for source, reason, _ in report["skipped"]] == [
        ("articles/empty.txt", "empty"),
        ("articles/records.jsonl:2", "bad-record"),
    ]
    assert report["copies"] == {"articles/a.txt": ["articles/copy.txt"]}
    assert report["uncertain"] == ["articles/menu.txt"]
    assert report["languages"]["fr"] >= 3
    assert report["boilerplate_share"] == sum(report["set_aside"].values()) / report["characters"]
    assert "utf-16" in report["notes"]["articles/b.txt"][0]
    assert "gone.txt" in report["notes"][str(articles / "articles.toml")][0]
    assert any("articles/a.txt" in warning and "2049" in warning for warning in report["warnings"])
    shown = ibid("index", articles)
    in_order(shown, 0)
    for words in (
        "5 unchanged",
        "copies  articles/a.txt: articles/copy.txt",
        "records.jsonl:2: bad-record",
        "gone.txt",
    ):
        assert words in shown.stdout
    asked = ibid("ask", "Que signent le Luxembourg et le Maroc ?")
    in_order(asked, 0)
    assert "also in articles/copy.txt" in asked.stdout


def test_a_folder_with_much_that_is_wrong_does_not_fill_the_screen(ibid: Run, articles: Path) -> None:
    (articles / "bad.jsonl").write_text("{\n" * 1000)
    done = ibid("index", articles)
    in_order(done, 0)
    assert done.stdout.count("bad.jsonl") == 20
    assert "and 980 more" in done.stdout


def test_an_accented_data_folder_and_closed_streams_do_no_harm(articles: Path, tmp_path: Path) -> None:
    data = tmp_path / "dossier d'été à lire"
    command = f"'{sys.executable}' -c 'from rag.cli import main; main()'"
    for arguments, streams in (("index articles", "<&-"), ("ask 'Que signe le Maroc ?'", "<&- 2>&-")):
        done = subprocess.run(
            ["bash", "-c", f"{command} {arguments} {streams}"],
            env={**os.environ, "IBID_DATA": str(data), "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, "")
    assert "signent un accord" in done.stdout
    assert data.is_dir()


def test_what_a_run_does_is_shown_to_who_is_looking(articles: Path, tmp_path: Path) -> None:
    shown = _on_a_terminal(["index", str(articles)], tmp_path)
    assert b"writing" in shown
    assert b"Traceback" not in shown


def test_ask_prints_the_reply_of_the_http_contract_and_loads_no_torch(seeds_data: Path, ibid: Run) -> None:
    done = ibid("ask", QUESTION, "-k", "3", "--json", IBID_DATA=str(seeds_data), PYTHONPROFILEIMPORTTIME="1")
    in_order(done, 0)
    reply = json.loads(done.stdout)
    assert reply.keys() == ANSWER
    assert reply["question"] == QUESTION
    assert len(reply["passages"]) == 3
    assert all(
        passage.keys() == PASSAGE and passage["citation"].keys() == CITATION for passage in reply["passages"]
    )
    imported = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines() if "|" in line
    }
    assert "tantivy" in imported
    assert imported.isdisjoint(
        {"torch", "transformers", "sentence_transformers", "fastapi", "uvicorn", "scipy"}
    )


def test_ask_prints_each_citation_and_its_passage(seeds_data: Path, ibid: Run) -> None:
    done = ibid("ask", QUESTION, IBID_DATA=str(seeds_data))
    in_order(done, 0)
    assert "[1] " in done.stdout
    assert re.search(r"/c/[0-9a-f]{16}-\d+-\d+-[0-9a-f]{16}", done.stdout)
    assert "\x1b" not in done.stdout


FAILURES = [
    (["ask"], 2),
    (["ask", "Maroc ?", "-k", "0"], 2),
    (["ask", "Maroc ?", "-k", "many"], 2),
    (["ask", "Maroc ?", "--unknown"], 2),
    (["no-such-command"], 2),
    (["index", "nowhere"], 66),
    (["ask", "Maroc ?"], 78),
    (["ask", "Maroc ?", "--model", "broken"], 78),
    (["serve", "--port", "70000"], 78),
]


@pytest.mark.parametrize(("arguments", "code"), FAILURES)
def test_a_failure_has_its_exit_code_and_one_plain_message(
    ibid: Run, arguments: list[str], code: int, tmp_path: Path
) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "model.onnx").write_bytes(b"no model")
    done = ibid(*arguments)
    in_order(done, code)
    assert done.stdout == ""


WRONG = {
    "serve --port abc": ("--port: 'abc' is no whole number", "correct it; --port: Port to listen on"),
    "ask Maroc -k x": ("-k: 'x' is no whole number", "Passages wanted"),
    "ask Maroc -k 0": ("-k: '0' is less than 1", "Passages wanted"),
    "ask": ("give either a question or --file", "ibid ask --help"),
    "evaluate --split all-of-it": ("--split: 'all-of-it' is not one of 'dev', 'test', 'all'", "--split: "),
    "list --from 2020-13-01": ("--from: '2020-13-01' is no day of the calendar", "First day"),
    "list --from 2020-02-01 --to 2020-01-01": ("--from, --to: ", "ibid list --help"),
    "index ''": ("paths: '' is no path; give . for the current folder", "Folders, files or globs"),
    "index https://journal.example/a": (
        "paths: https://journal.example/a is no path; save the page",
        "Folders",
    ),
    "gold add": ("question: not given", "give it; question: The question"),
}


@pytest.mark.parametrize(("arguments", "told"), WRONG.items())
def test_an_option_given_wrongly_is_told_with_its_value_its_place_and_the_remedy(
    ibid: Run, arguments: str, told: tuple[str, str]
) -> None:
    done = ibid(*shlex.split(arguments))
    in_order(done, 2)
    message, remedy = done.stderr.splitlines()
    assert message.startswith(f"ibid: {told[0]}")
    assert told[1] in remedy


@pytest.mark.parametrize("command", [["ask", "Maroc ?"], ["inspect", "001_"], ["serve"], ["mcp"], ["doctor"]])
def test_a_model_that_did_not_make_the_index_is_refused_before_a_hub_is_asked(
    ibid: Run, seeds_data: Path, command: list[str]
) -> None:
    given = {"IBID_DATA": str(seeds_data), "HF_HUB_OFFLINE": "0", "HF_ENDPOINT": "http://127.0.0.1:9"}
    done = ibid(*command, "--model", "somebody/model", PYTHONPROFILEIMPORTTIME="1", **given)
    assert done.returncode == (1 if command == ["doctor"] else 78)
    assert "was made by the model 'bundled', not by 'somebody/model'" in done.stderr + done.stdout
    assert "sentence_transformers" not in done.stderr


OPENING = [
    "index",
    "ask Maroc",
    "list",
    "export 0",
    "serve",
    "mcp",
    "evaluate",
    "inspect 0",
    "verify",
    "doctor",
    "config",
    "gold add Qui --kind who",
]


@pytest.mark.parametrize("command", [[], ["gold"]])
def test_no_command_is_named_by_a_sentence_that_breaks_off(command: list[str]) -> None:
    shown = CliRunner().invoke(app, [*command, "--help"], terminal_width=80).output
    assert "..." not in shown.partition("Commands:")[2]


@pytest.mark.parametrize("option", ["--data", "--index", "--model"])
@pytest.mark.parametrize("command", OPENING)
def test_every_command_over_an_index_takes_where_it_lies_and_the_model(command: str, option: str) -> None:
    assert option in CliRunner().invoke(app, [*command.split(), "--help"], terminal_width=200).output
    if option == "--index":  # taken, and looked at
        refused = CliRunner().invoke(app, [*command.split(), "--index", "nowhere"])
        assert isinstance(refused.exception, BadConfiguration)
        assert "--index" in str(refused.exception)


def test_every_command_is_tried_with_its_options_but_the_one_without_an_index() -> None:
    callbacks = [command.callback for command in app.registered_commands if command.callback]
    names = {callback.__name__.replace("_", "-") for callback in callbacks}
    assert {command.split()[0] for command in OPENING} == names - {"compare-models"} | {"gold"}


def test_a_blank_question_is_bad_data(ibid: Run, seeds_data: Path) -> None:
    done = ibid("ask", " ", IBID_DATA=str(seeds_data))
    in_order(done, 65)
    assert "blank" in done.stderr


def test_a_damaged_index_is_named_with_the_command_that_repairs_it(
    ibid: Run, seeds_data: Path, tmp_path: Path
) -> None:
    shutil.copytree(seeds_data, tmp_path / "data")
    (file,) = (tmp_path / "data").rglob("passages.faiss")
    file.write_bytes(file.read_bytes()[:-1])
    done = ibid("verify")
    in_order(done, 78)
    assert "passages.faiss was altered" in done.stderr
    assert "ibid index" in done.stderr


def test_a_folder_without_articles_is_no_input(ibid: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = ibid("index", tmp_path / "empty")
    in_order(done, 66)
    assert str(tmp_path / "empty") in done.stderr


def test_a_data_folder_that_is_a_file_cannot_be_written(ibid: Run, articles: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    done = ibid("index", articles)
    in_order(done, 74)
    assert str(tmp_path / "data") in done.stderr


def test_settings_are_shown_with_their_origin(ibid: Run, tmp_path: Path) -> None:
    (tmp_path / "ibid.toml").write_text("passage_tokens = 100\n")
    done = ibid("config", "--json", "--model", "elsewhere", IBID_PORT="1234")
    in_order(done, 0)
    shown = {name: (row["value"], row["origin"]) for name, row in json.loads(done.stdout).items()}
    assert shown["port"] == ("1234", "IBID_PORT")
    assert shown["passage_tokens"] == ("100", "ibid.toml")
    assert shown["model"] == ("elsewhere", "command line")
    assert shown["host"] == ("127.0.0.1", "default")
    assert shown["ray"] == (None, "default")
    assert "None" not in ibid("config").stdout


def test_a_wrong_setting_is_refused_by_name_before_anything_is_done(ibid: Run, articles: Path) -> None:
    done = ibid("index", articles, IBID_PROT="1")
    in_order(done, 78)
    assert "IBID_PROT" in done.stderr


def test_an_article_is_inspected_by_its_name_however_accents_are_typed(ibid: Run, articles: Path) -> None:
    for form, name in (("NFD", "Marché"), ("NFC", "Fête")):
        file = articles / f"{unicodedata.normalize(form, name)}.txt"  # type: ignore[arg-type]
        file.write_text(f"{name} : le Maroc signe un accord avec le Luxembourg.")
    in_order(ibid("index", articles), 0)
    for form in ("NFC", "NFD"):
        for name in ("Marché", "Fête"):
            in_order(ibid("inspect", unicodedata.normalize(form, name)), 0)  # type: ignore[arg-type]


def test_an_article_is_inspected_by_a_part_of_its_name(ibid: Run, seeds_data: Path) -> None:
    done = ibid("inspect", "001_", "--json", IBID_DATA=str(seeds_data))
    in_order(done, 0)
    shown = json.loads(done.stdout)
    assert shown["source"] == "articles/001_c921288c79084d1e.txt"
    assert shown["text"].encode() == (ROOT / "seeds" / shown["source"]).read_bytes()
    ambiguous = ibid("inspect", "articles/", IBID_DATA=str(seeds_data))
    in_order(ambiguous, 66)
    assert "in the names of 5 articles (articles/000_" in ambiguous.stderr
    nobody = ibid("inspect", "nobody", IBID_DATA=str(seeds_data))
    in_order(nobody, 66)
    assert "'nobody' names no article\n" in nobody.stderr
    assert "ibid list" in nobody.stderr


def test_an_exact_source_is_not_ambiguous_though_others_begin_with_it(ibid: Run, tmp_path: Path) -> None:
    (tmp_path / "j").mkdir()
    lines = [json.dumps({"text": f"Le Maroc signe le {number}e accord."}) for number in range(1, 12)]
    (tmp_path / "j" / "export.jsonl").write_text("\n".join(lines))
    in_order(ibid("index", tmp_path / "j"), 0)
    shown = ibid("inspect", "j/export.jsonl#1", "--json")
    in_order(shown, 0)
    assert json.loads(shown.stdout)["source"] == "j/export.jsonl#1"
    in_order(ibid("inspect", "export.jsonl#1"), 66)


def test_a_reader_that_goes_away_is_no_error(seeds_data: Path, tmp_path: Path) -> None:
    command = (
        f"'{sys.executable}' -c 'from rag.cli import main; main()' ask 'Maroc ?' -k 50 --json | head -c 1"
    )
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env={**os.environ, "IBID_DATA": str(seeds_data), "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "{"
    assert done.stderr == ""


@pytest.mark.skipif(not FULL.exists(), reason="no device here is always full")
@pytest.mark.parametrize(
    "command",
    [["ask", "Maroc ?", "--json"], ["ask", "Maroc ?"], ["inspect", "001_"], ["config", "--json"], ["--help"]],
)
def test_a_full_disk_behind_the_output_is_told(seeds_data: Path, tmp_path: Path, command: list[str]) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [*COMMAND, *command],
            env={**os.environ, "IBID_DATA": str(seeds_data), "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    in_order(done, 74)
    assert done.stderr.startswith("ibid: standard output cannot be written (")
    assert len(done.stderr.splitlines()) == 2


def test_what_the_output_has_no_character_for_is_shown_by_its_code(ibid: Run, seeds_data: Path) -> None:
    done = ibid("ask", QUESTION, "-k", "1", IBID_DATA=str(seeds_data), PYTHONIOENCODING="ascii")
    in_order(done, 0)
    assert "d\\u00e9claration d\\u2019intention" in done.stdout


ASTRAL = "Le Maroc signe un accord 😀 à Rabat \U00010348, dit-on."
TIMES = re.compile(r'"(took_ms|seconds)": [0-9.]+')
AS_JSON = [
    ["ask", "Que signe le Maroc ?", "--json"],
    ["ask", "--file", "questions.txt"],
    ["list", "--json"],
    ["inspect", "articles/", "--json"],
    ["index", "--json"],
    ["config", "--json"],
    ["export", "CITATION", "--format", "csl-json"],
]


@pytest.fixture(scope="module")
def astral(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Path:
    from rag.indexing import build_index
    from rag.settings import Settings

    folder = tmp_path_factory.mktemp("astral")
    (folder / "articles").mkdir()
    (folder / "articles" / "été 😀.txt").write_text(ASTRAL)
    (folder / "articles" / "vide 😀.txt").touch()
    build_index([folder / "articles"], Settings(data=folder / "data"), encoder)  # type: ignore[arg-type]
    return folder / "data"


@pytest.mark.parametrize("command", AS_JSON, ids=" ".join)
def test_json_is_json_where_the_output_has_no_character_for_its_texts(
    ibid: Run, astral: Path, tmp_path: Path, command: list[str]
) -> None:
    data = {"IBID_DATA": str(astral), "IBID_LLM_MODEL": "modèle 😀"}
    (tmp_path / "questions.txt").write_text("Que signe le Maroc 😀 ?\n")
    if "CITATION" in command:
        asked = json.loads(ibid("ask", "Maroc", "--json", **data).stdout)
        command = [asked["passages"][0]["citation"]["id"] if part == "CITATION" else part for part in command]
    whole, ascii_only = (ibid(*command, **data, PYTHONIOENCODING=name).stdout for name in ("utf-8", "ascii"))
    assert ascii_only.isascii()
    assert TIMES.sub("", json.dumps(json.loads(ascii_only))) == TIMES.sub("", json.dumps(json.loads(whole)))
    assert "😀" in whole


def _environment(folder: Path) -> dict[str, str]:
    own = {"IBID_DATA": str(folder / "data"), "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
    return {**os.environ, **own}


def _on_a_terminal(arguments: list[str], folder: Path) -> bytes:
    """Return what a process writes to a terminal, both outputs together."""
    ours, its = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=its,
        stdout=its,
        stderr=its,
        cwd=folder,
        env=_environment(folder),
    ):
        os.close(its)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # how Linux says that the other side has closed
            pass
    os.close(ours)
    return shown


SHOWN = [
    ["ask", "Que signe le Maroc ?"],
    ["ask", "Que signe le Maroc ?", "--json"],
    ["ask", "--file", "questions.txt"],
    ["ask", "--file", "questions.txt", "--format", "csv"],
    ["list"],
    ["inspect", "articles/"],
    ["inspect", "articles/", "--json"],
    ["index"],
]


@pytest.mark.parametrize("command", SHOWN)
def test_escapes_of_an_article_never_reach_the_terminal(
    tmp_path: Path, hostile_data: Path, command: list[str]
) -> None:
    shutil.copytree(hostile_data, tmp_path / "data")
    (tmp_path / "questions.txt").write_text("Que signe le Maroc ?\n")
    shown = _on_a_terminal(command, tmp_path).decode()
    assert "Traceback" not in shown
    assert "articles" in shown or "signe" in shown
    # The program's own: colours and weights, and those with which a progress bar is drawn.
    foreign = re.sub(r"\x1b\[[0-9;]*[mAKG]|\x1b\[\?25[hl]", "", shown)
    assert re.findall(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u202a-\u202e]", foreign) == []
    assert "\x1b[31msigne" not in shown
    assert "\x1b[2J" not in shown
    if command == SHOWN[0]:
        assert "[bold]gras[/bold]" in re.sub(r"\s+", "", foreign).replace("\ufffd", "")


def test_line_ends_of_other_systems_are_shown_as_line_ends(ibid: Run, articles: Path) -> None:
    (articles / "a.txt").write_bytes(b"Le Maroc\r\n\r\nLe Maroc signe un accord.\r\n")
    (articles / "b.txt").write_bytes(b"Le Togo\r\rLe Togo signe un contrat.\r")
    in_order(ibid("index", articles), 0)
    shown = ibid("ask", "Qui signe ?").stdout
    assert "\ufffd" not in shown
    assert {"Le Maroc signe un accord.", "Le Togo signe un contrat."} <= set(shown.split("\n"))


@given(st.text(st.sampled_from("a\r\n\x1b")))
def test_what_is_shown_has_as_many_characters_and_no_carriage_return(text: str) -> None:
    assert len(plain(text)) == len(text)
    assert "\r" not in plain(text)


@pytest.mark.parametrize("form", ["markdown", "ris", "bibtex", "csl-json"])
def test_an_export_keeps_every_character_in_a_pipe_and_is_plain_on_a_terminal(
    tmp_path: Path, hostile_data: Path, ibid: Run, form: str
) -> None:
    shutil.copytree(hostile_data, tmp_path / "data")
    asked = json.loads(ibid("ask", "Que signe le Maroc ?", "-k", "1", "--json").stdout)
    command = ["export", asked["passages"][0]["citation"]["id"], "--format", form]
    piped = subprocess.run([*COMMAND, *command], env=_environment(tmp_path), capture_output=True).stdout
    shown = _on_a_terminal(command, tmp_path)
    assert "\u061c" in piped.decode()
    assert form == "csl-json" or b"\x1b" in piped  # JSON writes it as \\u001b
    # A terminal ends lines with CR LF by itself.
    assert shown.replace(b"\r\n", b"\n").decode() == plain(piped.replace(b"\r\n", b"\n").decode())


@pytest.fixture(scope="module")
def hostile_data(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Path:
    from rag.indexing import build_index
    from rag.settings import Settings

    folder = tmp_path_factory.mktemp("hostile")
    (folder / "articles").mkdir()
    (folder / "articles" / "\x1b[31mred\n.txt").write_text(HOSTILE * 3)
    build_index([folder / "articles"], Settings(data=folder / "data"), encoder)  # type: ignore[arg-type]
    return folder / "data"


def test_help_and_an_unknown_command_are_answered_at_once(ibid: Run) -> None:
    done = ibid("--help", PYTHONPROFILEIMPORTTIME="1")
    in_order(done, 0)
    for command in ("index", "ask", "list", "serve", "evaluate", "inspect", "verify", "doctor", "config"):
        assert command in done.stdout
    imported = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines() if "|" in line
    }
    assert imported.isdisjoint({"torch", "onnxruntime", "faiss", "tantivy", "nupunkt", "numpy", "fastapi"})


def test_the_version_is_that_of_the_package(ibid: Run) -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    done = ibid("--version")
    in_order(done, 0)
    assert done.stdout == f"ibid {stated}\n"


def test_an_answer_needs_no_network(seeds_data: Path, tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "--net", "true"], capture_output=True).returncode:
        pytest.skip("a process without network cannot be made here")
    done = subprocess.run(
        [unshare, "--net", sys.executable, "-c", "from rag.cli import main; main()", "ask", QUESTION],
        env={**os.environ, "IBID_DATA": str(seeds_data), "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    in_order(done, 0)
    assert "[1] " in done.stdout
