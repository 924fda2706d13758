"""`ibid gold add`: a question, a pick from a pipe, and one more valid line in the gold set or none."""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.errors import BadData, CannotWrite, NoInput
from rag.evaluation.gold import load_gold
from rag.evaluation.gold_command import Draft, add_command
from rag.retriever import Retriever
from rag.snapshot import Snapshot
from tests.rag.conftest import ibid as ibid

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Pick = Callable[..., None]
QUESTION = "Who signed the declaration by video call?"


@pytest.fixture
def add(ibid: Run, seeds_data: Path, tmp_path: Path) -> Run:
    def run(picked: str, question: str = QUESTION, *more: str) -> "subprocess.CompletedProcess[str]":
        given = ("gold", "add", question, "--kind", "who", "--gold", tmp_path / "gold.jsonl", *more)
        return ibid(*given, stdin=picked, IBID_DATA=str(seeds_data))

    return run


@pytest.fixture
def pick(retriever: Retriever, monkeypatch: pytest.MonkeyPatch) -> Pick:
    """Return a function that does in this process what the command does."""

    def run(picked: str, gold: Path, **more: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(picked.encode())))
        add_command(
            retriever, gold, Draft(**{"question": QUESTION, "kind": "who", "split": "dev", **more}), 5
        )

    return run


def shown(stderr: str) -> dict[int, str]:
    """Return the sentences that were shown, by their numbers."""
    return {int(n): text for n, text in re.findall(r"^[ >] +(\d+)  (.*)$", stderr, re.MULTILINE)}


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "gold.jsonl").read_text("utf-8").splitlines()]


def test_picked_sentences_become_places_of_the_articles(
    add: Run, tmp_path: Path, seeds_snapshot: Snapshot
) -> None:
    done = add("2, 1\n", QUESTION, "--split", "test", "--difficulty", "paraphrase")
    assert done.returncode == 0, done.stderr
    (record,) = lines(tmp_path)
    assert json.loads(done.stdout) == record
    assert {name: record[name] for name in ("id", "pair", "language", "kind", "difficulty", "split")} == {
        "id": "q001", "pair": "p001", "language": "en", "kind": "who",
        "difficulty": "paraphrase", "split": "test",
    }  # fmt: skip
    sentences = shown(done.stderr)
    for number, answer in zip((2, 1), record["answers"], strict=True):
        document = seeds_snapshot.document(answer["document_id"])
        assert document
        assert document.text[answer["start"] : answer["end"]] == answer["quote"]
        assert " ".join(answer["quote"].split()) == sentences[number]
    load_gold(tmp_path / "gold.jsonl").check_against(seeds_snapshot)


def test_a_question_joins_the_file_under_free_names_and_keeps_every_byte_before_it(
    add: Run, tmp_path: Path, seeds_snapshot: Snapshot
) -> None:
    gold = tmp_path / "gold.jsonl"
    assert add("1-2\n").returncode == 0
    before = gold.read_bytes().rstrip(b"\n")
    gold.write_bytes(before)  # as some editors leave it
    gold.chmod(0o640)
    done = add("none\nno article is about tea\n", "Où pousse le thé ?", "--pair", "p001")
    assert done.returncode == 0, done.stderr
    assert gold.read_bytes().startswith(before + b"\n")
    assert gold.stat().st_mode & 0o777 == 0o640
    together, unanswerable = lines(tmp_path)
    assert len(together["answers"]) == 1
    assert (unanswerable["id"], unanswerable["pair"], unanswerable["language"]) == ("u001", "p001", "fr")
    assert (unanswerable["answerable"], unanswerable["why"]) == (False, "no article is about tea")
    assert json.loads(add("1\n", "Who then?").stdout)["id"] == "q002"
    assert len(load_gold(gold).questions) == 3
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("picked", "more", "error", "said"),
    [
        ("", {}, "NoInput", "stdin ended"),
        ("none\n", {}, "NoInput", "stdin ended"),
        ("\n", {}, "BadData", "no sentence was picked"),
        ("none\n \n", {}, "BadData", "does not say why"),
        ("0\n", {}, "BadData", "not among the sentences 1 to"),
        ("1 9999\n", {}, "BadData", "not among the sentences 1 to"),
        ("first\n", {}, "BadData", "'first' names no sentence"),
        ("1-999\n", {}, "BadData", "not among the sentences 1 to"),
        ("1 1-2\n", {}, "BadData", "overlap"),
        ("1\n", {"pair": "p117"}, "BadData", "pair 'p117' is 'dev' here and 'test' on line"),
        ("1\n", {"kind": "\udcff"}, "BadData", "is not UTF-8"),
        ("1\n", {"language": "english"}, "BadData", "not an ISO 639-1 code"),
    ],
)
def test_what_cannot_be_added_changes_nothing_and_says_why(
    pick: Pick, tmp_path: Path, seeds: Path, picked: str, more: dict[str, str], error: str, said: str
) -> None:
    gold = Path(shutil.copy(seeds / "gold.jsonl", tmp_path / "gold.jsonl"))
    with pytest.raises((BadData, NoInput), match=said) as refused:
        pick(picked, gold, **more)
    assert type(refused.value).__name__ == error
    assert refused.value.remedy
    assert gold.read_bytes() == (seeds / "gold.jsonl").read_bytes()


def test_a_question_asked_already_a_wrong_file_and_a_missing_folder_are_refused(
    pick: Pick, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = tmp_path / "gold.jsonl"
    pick("1\n", gold)
    with pytest.raises(BadData, match="asks this as q001 already"):
        pick("1\n", gold)
    with pytest.raises(CannotWrite, match="cannot write"):
        pick("1\n", tmp_path / "nowhere" / "gold.jsonl")
    gold.write_text("{}\n", encoding="utf-8")
    capsys.readouterr()
    with pytest.raises(BadData, match="is missing"):
        pick("1\n", gold)
    assert capsys.readouterr().err == ""  # before anybody picks
