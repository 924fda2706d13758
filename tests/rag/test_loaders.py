"""Files of every kind a folder may hold: read exactly, or skipped with a reason; never a hang or a crash."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from rag.errors import NoInput
from rag.formats.content import LARGEST_FILE
from rag.formats.parser import Parser
from rag.loaders import Loaded, Remark, load
from rag.sources import Skipped, Source, find_sources
from tests.awkward import visible_texts

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000100000001008060000001ff3ff61")
GZIP = bytes.fromhex("1f8b08000000000000034b4c4a0600c241243503000000")
ELF = b"\x7fELF\x02\x01\x01" + bytes(57)
FRENCH = "Le Sénat a voté l'accord."


def read(folder: Path, content: bytes, name: str = "a.txt") -> Loaded | Skipped:
    path = folder / name
    path.write_bytes(content)
    return load_one(Source(path, name))


def load_one(source: Source) -> Loaded | Skipped:
    with Parser() as parser:  # no child is started for a plain text
        (one,) = load(source, parser)
    assert not isinstance(one, Remark)
    return one


@given(visible_texts)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_every_character_is_kept_but_nul_and_the_byte_order_mark(tmp_path: Path, text: str) -> None:
    loaded = read(tmp_path, text.encode())
    expected = text.removeprefix("\ufeff").replace("\0", "")
    if isinstance(loaded, Loaded):
        assert loaded.text == expected
    else:
        assert loaded.reason in ("binary", "empty")


SKIPPED = [
    ("empty", b"", "empty"),
    ("white space", b" \r\n\t\n", "empty"),
    ("no-break spaces", "\u00a0\u202f\u2028\u3000".encode(), "empty"),
    ("only NUL and blanks", b" " * 50 + b"\0", "empty"),
    ("only a byte order mark", b"\xef\xbb\xbf", "empty"),
    ("only the mark of UTF-16", b"\xff\xfe", "empty"),
    ("PNG", PNG, "binary"),
    ("gzip", GZIP, "binary"),
    ("ELF", ELF, "binary"),
    ("half a character of UTF-16", b"\xff\xfe\xfa", "encoding-error"),
    ("a cut last character", FRENCH.encode() + "é".encode()[:1], "encoding-error"),
]


@pytest.mark.parametrize(
    ("content", "reason"), [case[1:] for case in SKIPPED], ids=[case[0] for case in SKIPPED]
)
def test_what_is_no_text_is_skipped_with_its_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    skipped = read(tmp_path, content)
    assert isinstance(skipped, Skipped)
    assert skipped.reason == reason
    assert skipped.detail


REPAIRED = [
    (b"\xef\xbb\xbfBonjour.", "Bonjour.", ("byte order mark removed",)),
    (b"Bon\0jour.\0" + b" " * 20, "Bonjour." + " " * 20, ("2 NUL characters removed",)),
    (b"a\r\nb\rc\nd" + "\u2028e\x85f".encode(), "a\r\nb\rc\nd\u2028e\x85f", ()),
    ("milieu \ufeff gardé".encode(), "milieu \ufeff gardé", ()),
]


@pytest.mark.parametrize(("content", "text", "notes"), REPAIRED)
def test_a_repair_is_noted_and_nothing_else_is_changed(
    tmp_path: Path, content: bytes, text: str, notes: tuple[str, ...]
) -> None:
    loaded = read(tmp_path, content)
    assert isinstance(loaded, Loaded)
    assert (loaded.text, loaded.notes) == (text, notes)


def test_a_file_of_the_largest_size_is_read_and_one_byte_more_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("texte")
    os.truncate(path, LARGEST_FILE + 1)  # sparse: takes no room
    skipped = load_one(Source(path, "a.txt"))
    assert isinstance(skipped, Skipped)
    assert (skipped.reason, f"{LARGEST_FILE + 1:,} bytes" in skipped.detail) == ("too-large", True)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def _outside(path: Path) -> None:
    secret = path.parent.parent / "secret.txt"
    secret.write_text("not to be read")
    path.symlink_to(secret)


SPECIAL: list[tuple[str, Callable[[Path], None], str]] = [
    ("FIFO", os.mkfifo, "not-regular"),
    ("socket", _socket, "unreadable"),
    ("link out of the folder", _outside, "unreadable"),
    ("link to itself", lambda path: path.symlink_to(path), "unreadable"),
    ("dangling link", lambda path: path.symlink_to("nowhere.txt"), "unreadable"),
    ("link to /dev/zero", lambda path: path.symlink_to("/dev/zero"), "unreadable"),
]


@pytest.mark.timeout(20)  # a FIFO opened the usual way would wait for ever
@pytest.mark.parametrize(
    ("make", "reason"), [case[1:] for case in SPECIAL], ids=[case[0] for case in SPECIAL]
)
def test_what_is_no_ordinary_file_is_neither_followed_nor_waited_for(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    make(folder / "a.txt")
    (source,), _ = find_sources([folder])
    skipped = load_one(source)
    assert isinstance(skipped, Skipped)
    assert skipped.reason == reason


@pytest.mark.timeout(20)
def test_an_endless_device_is_not_read() -> None:
    skipped = load_one(Source(Path("/dev/zero"), "zero"))
    assert isinstance(skipped, Skipped)
    assert skipped.reason == "not-regular"


def test_a_file_that_vanishes_before_it_is_read_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("texte")
    (source,), _ = find_sources([tmp_path])
    source.path.unlink()
    skipped = load_one(source)
    assert isinstance(skipped, Skipped)
    assert skipped.reason == "unreadable"


NAMES = [
    (b"two\nlines.txt", "two\\nlines.txt"),
    (b"not-utf-8-\xff.txt", "not-utf-8-\\xff.txt"),
    (b"-rf.txt", "-rf.txt"),
    (b"escape\x1b[31m.txt", "escape\\x1b[31m.txt"),
    ("turned\u202e.txt".encode(), "turned\\u202e.txt"),
    ("article été.TXT".encode(), "article été.TXT"),
    (b"l" * 251 + b".txt", "l" * 251 + ".txt"),
    (b"a..b..md", "a..b..md"),
]


@pytest.mark.parametrize(("name", "shown"), NAMES)
def test_any_file_name_is_read_and_shown_in_printable_characters(
    tmp_path: Path, name: bytes, shown: str
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / os.fsdecode(name)).write_text("texte")
    (source,), _ = find_sources([folder])
    assert source.name == f"articles/{shown}"
    assert source.name.isprintable()
    assert isinstance(load_one(source), Loaded)


def test_composed_and_decomposed_names_are_two_files(tmp_path: Path) -> None:
    for name in ("\u00e9.txt", "e\u0301.txt"):
        (tmp_path / name).write_text("texte")
    assert len({source.name for source in find_sources([tmp_path])[0]}) == 2


def test_folders_are_searched_to_any_depth_by_name_without_hidden_ones(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for name in ("b.txt", "a/z.md", "a/b/c/d.txt", ".hidden.txt", ".git/x.txt", "a/.cache/y.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("texte")
    names = [source.name for source in find_sources([root])[0]]
    assert names == ["root/a/b/c/d.txt", "root/a/z.md", "root/b.txt"]


def test_a_link_to_a_folder_inside_is_not_walked(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "a.txt").write_text("texte")
    (root / "out").symlink_to(outside)
    (root / "loop").symlink_to(root)
    assert find_sources([root])[0] == []


def test_the_order_of_the_given_paths_does_not_matter(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text("texte")
    one, two = tmp_path / "one", tmp_path / "two"
    assert find_sources([one, two]) == find_sources([two, one])


def test_a_path_that_does_not_exist_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(NoInput, match="nowhere does not exist") as caught:
        find_sources([tmp_path / "nowhere"])
    assert caught.value.remedy


def test_a_file_of_another_kind_is_reported_and_a_sidecar_is_not(tmp_path: Path) -> None:
    for name in ("a.txt", "b.xyz", "articles.toml", ".hidden.pdf", "~$port.docx"):
        (tmp_path / name).write_text("texte")
    sources, skipped = find_sources([tmp_path])
    assert [source.path.name for source in sources] == ["a.txt"]
    assert [(one.source.path.name, one.reason) for one in skipped] == [("b.xyz", "unknown-kind")]


def test_a_linked_folder_is_reported(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "link").symlink_to(outside)
    assert [(one.source.name, one.reason) for one in find_sources([root])[1]] == [("root/link", "link")]


def test_a_link_given_by_itself_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("texte")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    (source,), _ = find_sources([tmp_path / "link.txt"])
    assert isinstance(load_one(source), Loaded)
