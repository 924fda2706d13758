import json
from pathlib import Path

import pytest

from rag.documents import Document, document_id
from rag.errors import BadData, NoInput
from rag.evaluation.gold import load_gold
from rag.snapshot import Snapshot

SOURCE = "articles/one.txt"
TEXT = "Un 😀 accord fut signé."
ANSWER = {"document_id": document_id(SOURCE), "source": SOURCE, "start": 5, "end": 11, "quote": "accord"}
RIGHT = {
    "id": "q1", "pair": "p1", "question": "What?", "language": "en", "kind": "what", "split": "dev",
    "answerable": True,
    "answers": [ANSWER],
}  # fmt: skip


def write(path: Path, *records: object) -> Path:
    file = path / "gold.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def errors_of(file: Path, texts: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(BadData) as caught:
        load_gold(file, texts)
    count, *errors = str(caught.value).split("\n")
    assert count.startswith(f"{len(errors)} error")
    return errors


def test_questions_keep_the_order_of_the_file_and_their_split(tmp_path: Path) -> None:
    other = {**RIGHT, "id": "q0", "pair": "p0", "split": "test"}
    gold = load_gold(write(tmp_path, RIGHT, other), {document_id(SOURCE): TEXT})
    assert [q.id for q in gold.questions] == ["q1", "q0"]
    assert [q.id for q in gold.of_split("test")] == ["q0"]
    assert gold.of_split("all") == gold.questions


def test_every_error_of_every_line_is_listed_with_its_place(tmp_path: Path) -> None:
    file = write(tmp_path, RIGHT, {**RIGHT, "id": "q2", "kind": "", "language": "?"}, RIGHT, {"id": "q4"})
    errors = errors_of(file)
    assert len([error for error in errors if error.startswith(f"{file}:2: ")]) == 2
    assert f"{file}:3: id 'q1' stands on line 1 already" in errors
    assert len([error for error in errors if error.startswith(f"{file}:4: ")]) == 7


def test_a_pair_may_not_stand_in_both_halves(tmp_path: Path) -> None:
    file = write(tmp_path, RIGHT, {**RIGHT, "id": "q2", "split": "test"})
    assert errors_of(file) == [f"{file}:2: pair 'p1' is 'test' here and 'dev' on line 1"]


def test_a_quote_that_does_not_stand_at_its_offsets_is_an_error(tmp_path: Path) -> None:
    file = write(tmp_path, RIGHT)
    (error,) = errors_of(file, {document_id(SOURCE): TEXT.replace("😀", "ok")})
    assert error.startswith(f"{file}:1: {SOURCE}[5:11] is ' accor', not 'accord'")


def test_a_document_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    file = write(tmp_path, RIGHT)
    assert errors_of(file, {}) == [f"{file}:1: no document {document_id(SOURCE)!r} ({SOURCE})"]


def test_line_separators_inside_a_question_do_not_cut_the_line(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text(json.dumps({**RIGHT, "question": "a\u2028b\x85c?"}, ensure_ascii=False), encoding="utf-8")
    assert load_gold(file).questions[0].text == "a\u2028b\x85c?"


def test_windows_line_ends_and_blank_lines_are_read(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_bytes(b"\r\n" + json.dumps(RIGHT).encode() + b"\r\n\r\n")
    assert load_gold(file).lines == (2,)


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_an_empty_file_is_no_input(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_bytes(content)
    with pytest.raises(NoInput, match="holds no question"):
        load_gold(file)


def test_a_missing_file_is_no_input(tmp_path: Path) -> None:
    with pytest.raises(NoInput, match=r"nowhere\.jsonl"):
        load_gold(tmp_path / "nowhere.jsonl")


def test_a_file_that_is_not_utf_8_is_refused_with_the_place(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_bytes(b'{"id": "\xe9"}')
    with pytest.raises(BadData, match="byte 8"):
        load_gold(file)


def test_the_gold_set_of_the_seeds_is_right(seeds: Path) -> None:
    articles = (seeds / "articles").glob("*.txt")
    texts = {document_id(f"articles/{path.name}"): path.read_bytes().decode() for path in articles}
    assert len(load_gold(seeds / "gold.jsonl", texts).questions) >= 200


def test_the_gold_set_of_the_seeds_stands_in_the_index(seeds: Path, snapshot: Snapshot) -> None:
    load_gold(seeds / "gold.jsonl").check_against(snapshot)


def test_an_index_of_other_articles_is_refused_with_every_missing_answer(
    tmp_path: Path, snapshot: Snapshot
) -> None:
    document: Document = snapshot.documents()[0]
    answer = {"document_id": document.id, "source": document.source, "start": 1, "end": 7, "quote": "absent"}
    moved = {**RIGHT, "id": "q2", "answers": [answer]}
    gold = load_gold(write(tmp_path, RIGHT, moved))
    with pytest.raises(BadData, match="2 errors") as caught:
        gold.check_against(snapshot)
    assert f"gold.jsonl:1: no document {document_id(SOURCE)!r}" in str(caught.value)
    assert f"gold.jsonl:2: {document.source}[1:7] is " in str(caught.value)
    assert "ibid index" in caught.value.remedy
