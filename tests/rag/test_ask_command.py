"""`ibid ask` with filters and files, `ibid export`, and readers of their output that go away."""

import csv
import io
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import rispy

from tests.rag.conftest import COMMAND, ROOT

Run = Callable[..., "subprocess.CompletedProcess[str]"]
QUESTION = "What did Luxembourg and Morocco sign?"
FILE = f"id;question\n1;{QUESTION}\n2;\n3;=1+1 accord\n"


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    path = tmp_path / "questions.csv"
    path.write_text(FILE, "utf-8")
    return path


def test_filters_hold_for_every_passage(ibid: Run, seeds_data: Path) -> None:
    data = {"IBID_DATA": str(seeds_data)}
    found = json.loads(ibid("ask", QUESTION, "-k", "50", "--json", **data).stdout)["passages"]
    outlets = {passage["citation"]["outlet"] for passage in found}
    wanted = sorted(name for name in outlets if name)[0]
    for given, holds in (
        (["--outlet", wanted], lambda c: c["outlet"] == wanted),
        (["--outlet", wanted, "--outlet", "other"], lambda c: c["outlet"] == wanted),
        (["--from", "2019-09-25", "--to", "2019-09-25"], lambda c: c["published_on"] == "2019-09-25"),
        (["--language", "fr", "--from", "2000-01-01"], lambda c: c["published_on"] >= "2000-01-01"),
    ):
        passages = json.loads(ibid("ask", QUESTION, "--json", *given, **data).stdout)["passages"]
        assert passages
        assert all(holds(passage["citation"]) for passage in passages)
    none = json.loads(ibid("ask", QUESTION, "--json", "--language", "en", **data).stdout)
    assert (none["passages"], none["answerable"]) == ([], False)


def test_articles_without_a_date_that_a_filter_leaves_out_are_told(ibid: Run, seeds_data: Path) -> None:
    done = ibid("ask", QUESTION, "--from", "2019-01-01", IBID_DATA=str(seeds_data))
    assert done.stderr == "warning: 4 articles have no date and were left out\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [QUESTION, "--file", "questions.csv"],
        [QUESTION, "--from", "2019-02-31"],
        [QUESTION, "--to", "25/09/2019"],
        [QUESTION, "--from", "2020-01-02", "--to", "2020-01-01"],
        ["--file", "questions.csv", "--format", "xlsx"],
        [QUESTION, "--format", "csv"],
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(ibid: Run, arguments: list[str]) -> None:
    done = ibid("ask", *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_file_is_answered_line_by_line_and_what_was_not_asked_is_told(
    ibid: Run, seeds_data: Path, asked: Path
) -> None:
    done = ibid("ask", "--file", asked, "-k", "2", IBID_DATA=str(seeds_data))
    assert done.returncode == 65
    assert "1 of 3 questions" in done.stderr
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reply["question"] for reply in replies] == [QUESTION, "", "=1+1 accord"]
    assert replies[1] == {"question": "", "error": "the question is blank"}
    alone = json.loads(ibid("ask", QUESTION, "-k", "2", "--json", IBID_DATA=str(seeds_data)).stdout)
    assert replies[0] | {"took_ms": 0} == alone | {"took_ms": 0}


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_question_that_is_no_unicode_costs_only_its_row(
    ibid: Run, seeds_data: Path, tmp_path: Path, form: str
) -> None:
    (path := tmp_path / "questions.jsonl").write_text(f'"\\ud800 ?"\n"{QUESTION}"\n', "utf-8")
    done = ibid("ask", "--file", path, "--format", form, "-k", "1", IBID_DATA=str(seeds_data))
    assert (done.returncode, "Traceback" in done.stderr) == (65, False)
    assert "? ?" in done.stdout
    assert QUESTION in done.stdout


def test_a_file_is_answered_as_a_table_without_formulas(ibid: Run, seeds_data: Path, asked: Path) -> None:
    done = ibid("ask", "--file", asked, "--format", "csv", "-k", "1", IBID_DATA=str(seeds_data))
    rows = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
    assert [row["question"] for row in rows] == [QUESTION, "", "'=1+1 accord"]
    assert rows[0]["permalink"].startswith("http://127.0.0.1:8000/c/")


def test_a_citation_is_exported_by_its_permalink(ibid: Run, seeds_data: Path) -> None:
    data = {"IBID_DATA": str(seeds_data)}
    (passage,) = json.loads(ibid("ask", QUESTION, "-k", "1", "--json", **data).stdout)["passages"]
    citation = passage["citation"]
    done = ibid("export", f"http://x{citation['permalink']}?answers=0-1", "--format", "ris", **data)
    assert done.returncode == 0, done.stderr
    (entry,) = rispy.loads(done.stdout)
    assert entry["id"] == citation["id"]
    assert entry["notes"] == [" ".join(passage["text"].split())]
    wrong = ibid("export", "nothing", **data)
    assert (wrong.returncode, wrong.stdout) == (65, "")
    assert "'nothing'" in wrong.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", QUESTION],
        ["ask", QUESTION, "--json"],
        ["ask", "--file", "questions.csv"],
        ["inspect", "001_"],
        ["config"],
        ["--help"],
    ],
)
def test_output_that_nobody_reads_is_no_error(seeds_data: Path, asked: Path, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=asked.parent,
            env={**os.environ, "IBID_DATA": str(seeds_data), "PYTHONPATH": str(ROOT)},
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_output_that_is_closed_from_the_start_is_no_error(seeds_data: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, "ask", QUESTION],
        cwd=tmp_path,
        env={**os.environ, "IBID_DATA": str(seeds_data), "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_date_of_the_question_can_be_ignored(ibid: Run, seeds_data: Path) -> None:
    question = "Que s'est-il passé en septembre 2019 ?"
    replies = [
        json.loads(ibid("ask", question, "--data", str(seeds_data), "--json", *more).stdout)
        for more in ((), ("--no-dates",))
    ]
    assert [[one["first"] for one in reply["dates"]] for reply in replies] == [["2019-09-01"], []]
