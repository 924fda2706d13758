"""The memo: nothing is worked out twice, nothing dead or damaged kept, a changed program works anew."""

import json
import sqlite3
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from rag import memo as memos
from rag.formats.extracted import Extracted
from rag.formats.parsers import Parsers
from rag.formats.refused import Refused
from rag.indexing import contents_of
from rag.intake import take_in
from rag.memo import COMMIT_EVERY, Memo, Recall, anew
from tests.rag.formats.files import page, pdf
from tests.rag.labelled_pages import read_pages

SHAPE = TypeAdapter(Extracted)
FOUND = Extracted("Nador \0 café 😀", {"title": "Le port"}, ("a note",), ((0, 5), (7, 9)))
MADE = Extracted("made anew")


def recalled(path: Path, *contents: bytes) -> list[Extracted]:
    with Memo(path) as memo:
        return [memo.recall(SHAPE, ["html", content], lambda: MADE) for content in contents]


def keep(path: Path, *contents: bytes) -> None:
    with Memo(path) as memo:
        for content in contents:
            memo.recall(SHAPE, ["html", content], lambda: FOUND)
        memo.keep_only_met()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept.sqlite"


def test_what_is_kept_comes_back_as_it_was_for_the_very_same_alone(path: Path) -> None:
    keep(path, b"one")
    assert recalled(path, b"one", b"two") == [FOUND, MADE]
    with Memo(path) as memo:
        for other in (["pdf", b"one"], ["html", b"one", ""], ["html", b"on", b"e"], ["htmlone"]):
            assert memo.recall(SHAPE, other, lambda: MADE) == MADE


def test_what_was_not_met_again_is_gone_from_the_file(path: Path) -> None:
    keep(path, b"one", b"two", b"three")
    before = path.stat().st_size
    with Memo(path) as memo:
        assert memo.recall(SHAPE, ["html", b"two"], lambda: MADE) == FOUND
        memo.meet(["html", b"three"])
        memo.keep_only_met()
    assert path.stat().st_size <= before
    assert recalled(path, b"one", b"two", b"three") == [MADE, FOUND, FOUND]
    with Memo(path) as memo:
        memo.keep_only_met()
    assert recalled(path, b"two") == [MADE]


def test_a_run_that_stops_keeps_what_was_committed(path: Path) -> None:
    contents = [b"%d" % number for number in range(COMMIT_EVERY + 1)]
    with Memo(path) as memo:
        for content in contents:
            memo.recall(SHAPE, ["html", content], lambda: FOUND)
    assert recalled(path, *contents) == [FOUND] * COMMIT_EVERY + [MADE]


def test_no_file_is_made_where_nothing_is_worked_out(path: Path) -> None:
    with Memo(path) as memo:
        memo.keep_only_met()
    assert not path.exists()


@pytest.mark.parametrize("damage", [b"nothing of the kind" * 400, b""])
def test_a_damaged_file_is_begun_anew(path: Path, damage: bytes) -> None:
    keep(path, b"one")
    path.write_bytes(damage)
    assert recalled(path, b"one") == [MADE]
    path.unlink()
    keep(path, b"one")
    assert recalled(path, b"one") == [FOUND]


@pytest.mark.parametrize("blob", ["x'00'", "x'789c030000000001'", "substr(blob, 1, 20)"])
def test_what_is_damaged_is_made_again(path: Path, blob: str) -> None:
    keep(path, b"one")
    with sqlite3.connect(path) as database:
        database.execute(f"UPDATE blobs SET blob = {blob}")
    database.close()
    assert recalled(path, b"one") == [MADE]


def test_what_has_another_shape_is_made_again(path: Path) -> None:
    keep(path, b"one")
    with Memo(path) as memo:
        assert memo.recall(TypeAdapter(list[int]), ["html", b"one"], lambda: [1]) == [1]


def test_half_a_character_cannot_be_kept_and_is_made_again(path: Path) -> None:
    halves = [Extracted(f"Nador {half}", {}, (), ()) for half in ("\ud800", "\udc80")]
    with Memo(path) as memo:
        assert [memo.recall(SHAPE, ["html", b"one"], lambda made=made: made) for made in halves] == halves
    assert recalled(path, b"one") == [MADE]


def test_another_program_works_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(path, b"one")
    monkeypatch.setattr(memos, "_program", lambda: b"another")
    assert recalled(path, b"one") == [MADE]


def test_the_program_is_all_of_its_sources_and_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = [memos._program.__wrapped__()]
    monkeypatch.setattr(memos, "LIBRARIES", (*memos.LIBRARIES, "numpy", "not-installed"))
    digests.append(memos._program.__wrapped__())
    for changed in ("html.py", "cues.toml"):
        (tmp_path / "formats").mkdir(exist_ok=True)
        (tmp_path / "formats" / changed).write_text("changed")
        monkeypatch.setattr(memos, "__file__", str(tmp_path / "memo.py"))
        digests.append(memos._program.__wrapped__())
    assert len(set(digests)) == 4


def test_a_known_file_starts_no_child_and_what_is_refused_is_tried_again(path: Path) -> None:
    contents = [("html", page()), ("pdf", pdf("Nador, juin 2026."))]
    read = []
    for _ in range(2):
        with Memo(path) as memo, Parsers(memo.recall) as parsers:
            read.append([parsers.read(kind, content) for kind, content in contents])
            children = [parser._child for parser in parsers._parsers]
            with pytest.raises(Refused):
                parsers.read("pdf", b"no such thing")
            memo.keep_only_met()
    assert read[0] == read[1]
    assert children == [None] * len(children)


def outcome(folder: Path, recall: Recall) -> tuple[object, ...]:
    contents = contents_of(take_in([folder], recall=recall).documents, 160, recall=recall)
    # The order of terms counts as well.
    forms, *arrays = contents.gathered()
    gathered = json.dumps([forms, *(values.tolist() for values in arrays)])
    return contents.documents, contents.passages, tuple(contents.texts), gathered


def test_a_run_that_remembers_gives_what_a_new_one_gives(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for one in (*read_pages("dev"), *read_pages("test")):
        (folder / f"{one.name}.txt").write_text(one.text, "utf-8", newline="")
    with Memo(path) as memo:
        outcome(folder, memo.recall)
        memo.keep_only_met()
    pages = sorted(folder.iterdir())
    for gone in pages[::7]:  # and with each the evidence it was for others
        gone.unlink()
    for changed in pages[1::9]:
        if changed.exists():
            changed.write_text(f"{changed.read_text('utf-8')}\n\nUne phrase de plus, lundi.\n", "utf-8")
    with Memo(path) as memo:
        again = outcome(folder, memo.recall)
    assert again == outcome(folder, anew)
