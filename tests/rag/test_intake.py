"""From files to documents: all that is read, what was skipped, and who says what about an article."""

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.documents import document_id
from rag.errors import BadData, NoInput
from rag.intake import take_in
from tests.awkward import visible_texts

FRENCH = "Le Luxembourg et le Maroc ont signé un accord de coopération à Rabat."


@given(st.lists(visible_texts, min_size=1, max_size=4))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_a_document_holds_its_file_and_labels_lie_in_order_within(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("articles")
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_bytes(b"Un mot. " * 20 + text.encode())
    intake = take_in([folder])
    assert len(intake.documents) + len(intake.skipped) == len(texts)
    for document in intake.documents:
        stored = Path(folder, document.source.partition("/")[2]).read_bytes().decode()
        assert document.text == stored.replace("\0", "")
        assert document.id == document_id(document.source)
        ends = [0, *(edge for label in document.set_aside for edge in label.span), len(document.text)]
        assert ends == sorted(ends)
        assert all(label.reason and label.span.start < label.span.end for label in document.set_aside)


def test_every_skipped_file_is_named_with_its_reason(tmp_path: Path) -> None:
    contents = {
        "a.txt": FRENCH.encode(),
        "b.txt": b"",
        "c.txt": b"\x89PNG\r\n\x1a\n" + bytes(9),
        "d.md": "été".encode() + b"\xe9",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    intake = take_in([tmp_path])
    assert [document.source for document in intake.documents] == [f"{tmp_path.name}/a.txt"]
    skipped = {skip.source.name.rpartition("/")[2]: skip.reason for skip in intake.skipped}
    assert skipped == {"b.txt": "empty", "c.txt": "binary", "d.md": "encoding-error"}


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\xfa", None])
def test_nothing_to_read_is_an_error_that_says_what_was_seen(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "only.txt").write_bytes(content)
    with pytest.raises(NoInput, match=str(tmp_path)) as caught:
        take_in([tmp_path])
    assert caught.value.exit_code == 66
    assert ("only.txt" if content is not None else "no file of a known kind") in str(caught.value)


def test_two_files_that_would_have_one_name_are_refused_by_name(tmp_path: Path) -> None:
    for place in ("one/articles", "two/articles"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "a.txt").write_text(FRENCH)
    with pytest.raises(BadData) as caught:
        take_in([tmp_path / "one/articles", tmp_path / "two/articles"])
    message = str(caught.value)
    assert str(tmp_path / "one/articles/a.txt") in message
    assert str(tmp_path / "two/articles/a.txt") in message


def test_a_printed_name_that_stands_for_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.txt")).write_text(FRENCH)
    (tmp_path / "\\xff.txt").write_text(FRENCH)
    with pytest.raises(BadData, match="would both be"):
        take_in([tmp_path])


def test_a_sidecar_beside_the_articles_wins_over_one_above(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text(FRENCH)
    (tmp_path / "articles.toml").write_text('["a.txt"]\noutlet = "Above"\npublished_on = 2019-09-25\n')
    (folder / "articles.toml").write_text('["a.txt"]\noutlet = "Beside"\n')
    known = take_in([folder]).documents[0].metadata
    assert (known.outlet, known.published_on) == ("Beside", date(2019, 9, 25))


def test_the_language_is_read_from_the_text_unless_stated(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FRENCH)
    (tmp_path / "b.txt").write_text(FRENCH)
    (tmp_path / "articles.toml").write_text('["b.txt"]\nlanguage = "de"\n')
    assert [document.metadata.language for document in take_in([tmp_path]).documents] == ["fr", "de"]


WRONG_SIDECARS = [
    ("[not toml", "articles.toml"),
    ('["a.txt"]\nauthor = "X"\n', "'author'"),
    ('["a.txt"]\npublished_on = "2019-02-31"\n', "2019-02-31"),
    ('["a.txt"]\nurl = "javascript:alert(1)"\n', "javascript:alert"),
    ('["a.txt"]\nurl = "data:text/html,x"\n', "data:text/html"),
    ('["a.txt"]\ntitle = 5\n', "title"),
    ('"a.txt" = "title"\n', "a.txt"),
    ('["a.txt"]\nlanguage = "French"\n', "French"),
]


@pytest.mark.parametrize(("content", "named"), WRONG_SIDECARS)
def test_a_wrong_sidecar_is_refused_with_its_place(tmp_path: Path, content: str, named: str) -> None:
    (tmp_path / "a.txt").write_text(FRENCH)
    (tmp_path / "articles.toml").write_text(content)
    with pytest.raises(BadData) as caught:
        take_in([tmp_path])
    assert str(tmp_path / "articles.toml") in str(caught.value)
    assert named in str(caught.value)
    assert caught.value.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_is_skipped(tmp_path: Path) -> None:
    for name in ("open.txt", "secret.txt"):
        (tmp_path / name).write_text(FRENCH)
    (tmp_path / "secret.txt").chmod(0)
    (skip,) = take_in([tmp_path]).skipped
    assert (skip.source.path.name, skip.reason) == ("secret.txt", "unreadable")


def test_a_file_given_twice_under_two_names_is_refused(tmp_path: Path) -> None:
    inner = tmp_path / "articles" / "inner"
    inner.mkdir(parents=True)
    (inner / "a.txt").write_text("Le Maroc signe un accord.")
    with pytest.raises(BadData, match="given twice"):
        take_in([tmp_path / "articles", inner])
