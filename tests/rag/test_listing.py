"""`ibid list`: every article on a line of its own, those that the filters describe, and nothing silently."""

import json
import re
from pathlib import Path

import pytest

from rag import listing
from rag.listing import listed
from tests.library import Library
from tests.rag.conftest import Ibid

SIDECAR = """
["a.txt"]
title = "Un accord\\tà deux\\nlignes"
outlet = "L’Écho‑du‑Soir"
published_on = 2019-09-25
language = "fr"
["b.txt"]
title = "Agreement"
outlet = "Le Matin"
language = "en"
"""
NAMES = ["Un accord à deux lignes", "Agreement", "articles/c.txt"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Path:
    from rag.indexing import build_index
    from rag.settings import Settings

    folder = tmp_path_factory.mktemp("listed")
    (folder / "articles").mkdir()
    for name in "abc":
        (folder / "articles" / f"{name}.txt").write_text(f"Le Maroc signe un accord, le {name}.")
    (folder / "articles" / "articles.toml").write_text(SIDECAR)
    build_index([folder / "articles"], Settings(data=folder / "data"), encoder)  # type: ignore[arg-type]
    return folder / "data"


def names(shown: str) -> list[str]:
    return [line.split("\t")[0] for line in shown.splitlines()]


def test_every_article_is_a_line_with_what_is_known_of_it(ibid: Ibid, data: Path) -> None:
    done = ibid("list", IBID_DATA=str(data))
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[:4] for row in rows] == [
        ["Un accord à deux lignes", "L’Écho‑du‑Soir", "2019-09-25", "fr"],
        ["Agreement", "Le Matin", "–", "en"],
        ["articles/c.txt", "–", "–", "fr"],
    ]
    inspected = json.loads(ibid("inspect", rows[2][4], "--json", IBID_DATA=str(data)).stdout)
    assert inspected["source"] == "articles/c.txt"


@pytest.mark.parametrize(
    ("options", "places", "told"),
    [
        (["--language", "FR"], [0, 2], ""),
        (["--outlet", "l'echo-du-soir", "--outlet", "le matin"], [0, 1], ""),
        (["--from", "2019-01-01"], [0], "2 articles have no date and were"),
        (
            ["--language", "fr", "--to", "2019-09-25"],
            [0],
            "1 article has no date and was",
        ),
    ],
)
def test_filters_are_those_of_a_question_and_are_understood_as_closely(
    ibid: Ibid, data: Path, options: list[str], places: list[int], told: str
) -> None:
    done = ibid("list", *options, IBID_DATA=str(data))
    assert (done.returncode, done.stderr) == (0, told and f"warning: {told} left out\n")
    assert names(done.stdout) == [NAMES[place] for place in places]
    chosen = json.loads(ibid("list", "--json", *options, IBID_DATA=str(data)).stdout)
    assert [one["source"] for one in chosen] == [f"articles/{'abc'[place]}.txt" for place in places]


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_where_nothing_matches_it_is_said_with_what_there_is(ibid: Ibid, data: Path, form: list[str]) -> None:
    done = ibid("list", "--outlet", "Nobody", *form, IBID_DATA=str(data))
    assert (done.returncode, done.stdout) == (66, "")
    assert "no article has the outlet 'Nobody'; known are 'Le Matin'" in done.stderr
    assert "no article matches the filters" in done.stderr


def test_a_warning_is_one_line_of_a_log_however_long(ibid: Ibid, data: Path) -> None:
    done = ibid("list", "--outlet", "Le Soir " * 20, IBID_DATA=str(data))
    assert done.stderr.startswith(
        f"warning: no article has the outlet '{'Le Soir ' * 20}'; known are 'Le Matin'"
    )


@pytest.mark.parametrize(
    ("options", "code"),
    [([], 78), (["--from", "25/09/2019"], 2), (["--from", "2020-01-02", "--to", "2020-01-01"], 2)],
)
def test_without_an_index_or_a_possible_day_there_is_one_plain_message(
    ibid: Ibid, options: list[str], code: int
) -> None:
    done = ibid("list", *options)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr
    assert "Traceback" not in done.stderr
    if options == ["--from", "25/09/2019"]:
        assert "'25/09/2019' is no day of the calendar; write it as 2019-09-25" in done.stderr


def test_more_articles_than_are_read_at_once_are_all_listed(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "AT_ONCE", 2)
    library.write(**{name: f"Le Maroc signe l'accord {name}." for name in "abcde"})
    library.index()
    with library.opened() as snapshot:
        sources = [document.source for document in listed(snapshot)]
    assert sources == [f"articles/{name}.txt" for name in "abcde"]


def test_in_a_narrow_terminal_a_third_is_for_the_title(ibid: Ibid, data: Path) -> None:
    done = ibid("list", IBID_DATA=str(data), FORCE_COLOR="1", COLUMNS="70")
    assert "Un accord à deux lignes" in done.stdout
    shown = re.sub(r"\x1b\[[\d;]*m", "", done.stdout)
    assert all(len(line) <= 70 for line in shown.splitlines())
