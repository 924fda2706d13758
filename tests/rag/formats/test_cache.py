"""The cache of extractions: no file read twice, nothing dead or damaged kept, a changed reader reads anew."""

import sqlite3
from pathlib import Path

import pytest

from rag.formats import cache as caching
from rag.formats.cache import COMMIT_EVERY, ExtractionCache
from rag.formats.extracted import Extracted
from rag.formats.parsers import Parsers
from rag.formats.refused import Refused
from tests.rag.formats.files import page, pdf

FOUND = Extracted("Nador \ud800\0 café", {"title": "Le port"}, ("a note",), ((0, 5), (7, 9)))


def kept(path: Path, *contents: bytes) -> list[Extracted | None]:
    with ExtractionCache(path) as cache:
        return [cache.get("html", content) for content in contents]


def keep(path: Path, *contents: bytes) -> None:
    with ExtractionCache(path) as cache:
        for content in contents:
            cache.get("html", content)
            cache.put("html", content, FOUND)
        cache.keep_only_met()


def test_what_is_kept_comes_back_as_it_was_for_this_content_and_kind_alone(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    keep(path, b"one")
    assert kept(path, b"one", b"two") == [FOUND, None]
    with ExtractionCache(path) as cache:
        assert cache.get("pdf", b"one") is None


def test_what_was_not_met_again_is_gone_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    keep(path, b"one", b"two")
    before = path.stat().st_size
    with ExtractionCache(path) as cache:
        assert cache.get("html", b"two") == FOUND
        cache.keep_only_met()
    assert path.stat().st_size <= before
    assert kept(path, b"one", b"two") == [None, FOUND]
    with ExtractionCache(path) as cache:
        cache.keep_only_met()
    assert kept(path, b"two") == [None]


def test_a_run_that_stops_keeps_what_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    contents = [b"%d" % number for number in range(COMMIT_EVERY + 1)]
    with ExtractionCache(path) as cache:
        for content in contents:
            cache.put("html", content, FOUND)
    assert kept(path, *contents) == [FOUND] * COMMIT_EVERY + [None]


def test_no_file_is_made_where_nothing_foreign_is_read(tmp_path: Path) -> None:
    with ExtractionCache(tmp_path / "kept.sqlite") as cache:
        cache.keep_only_met()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [b"nothing of the kind" * 400, b""])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "kept.sqlite"
    keep(path, b"one")
    path.write_bytes(damage)
    assert kept(path, b"one") == [None]
    keep(path, b"one")
    assert kept(path, b"one") == [FOUND]


@pytest.mark.parametrize("blob", ["x'00'", "x'789c030000000001'", "substr(blob, 1, 20)"])
def test_a_damaged_extraction_is_read_again(tmp_path: Path, blob: str) -> None:
    path = tmp_path / "kept.sqlite"
    keep(path, b"one")
    with sqlite3.connect(path) as database:
        database.execute(f"UPDATE blobs SET blob = {blob}")
    database.close()
    assert kept(path, b"one") == [None]


def test_another_reader_reads_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kept.sqlite"
    keep(path, b"one")
    monkeypatch.setattr(caching, "_reader", lambda: b"another")
    assert kept(path, b"one") == [None]


def test_the_reader_is_all_of_its_sources_and_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = [caching._reader.__wrapped__()]
    monkeypatch.setattr(caching, "LIBRARIES", (*caching.LIBRARIES, "numpy", "not-installed"))
    digests.append(caching._reader.__wrapped__())
    (tmp_path / "html.py").write_text("changed")
    monkeypatch.setattr(caching, "__file__", str(tmp_path / "cache.py"))
    digests.append(caching._reader.__wrapped__())
    assert len(set(digests)) == 3


def test_a_known_file_starts_no_child_and_what_is_refused_is_tried_again(tmp_path: Path) -> None:
    contents = [("html", page()), ("pdf", pdf("Nador, juin 2026."))]
    read = []
    for _ in range(2):
        with ExtractionCache(tmp_path / "kept.sqlite") as cache, Parsers(cache) as parsers:
            read.append([parsers.read(kind, content) for kind, content in contents])
            children = [parser._child for parser in parsers._parsers]
            with pytest.raises(Refused):
                parsers.read("pdf", b"no such thing")
            cache.keep_only_met()
    assert read[0] == read[1]
    assert children == [None] * len(children)
