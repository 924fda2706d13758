"""Files of questions: what is read, and what is refused by name."""

from pathlib import Path

import pytest

from rag.errors import BadData, IbidError, NoInput
from rag.question_file import read_questions


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "questions"),
    [
        ("a.csv", "question\nqui ?\nquoi ?\n", ["qui ?", "quoi ?"]),
        ("a.csv", "\ufeffid;Question ;x\r\n1;qui, donc ?;\r\n2;;\r\n", ["qui, donc ?", ""]),
        ("a.csv", 'question,id\n"deux\nlignes, ""oui""",1\n', ['deux\nlignes, "oui"']),
        ("a.CSV", "id\tquestion\n1\tqui ?\n2\n", ["qui ?", ""]),
        ("a.csv", "\ufeffsep=;\r\nid;a,b;question\r\n1;x;qui, donc ?\r\n", ["qui, donc ?"]),
        ("a.jsonl", '{"question": "qui ?", "id": 1}\n\n"quoi\u2028?"\r\n', ["qui ?", "quoi\u2028?"]),
        ("a.txt", "qui ?\r\n\n  quoi ?\n", ["qui ?", "  quoi ?"]),
        ("a.txt", "qui\u2028et\x85quoi ?\rpourquoi ?", ["qui\u2028et\x85quoi ?", "pourquoi ?"]),
        ("a.csv", "question\nqui\u2028et\x85quoi ?\n", ["qui\u2028et\x85quoi ?"]),
    ],
)
def test_every_question_is_read_in_its_order(
    tmp_path: Path, name: str, content: str, questions: list[str]
) -> None:
    assert read_questions(written(tmp_path, name, content)) == (questions, ())


@pytest.mark.parametrize(("encoding", "note"), [("cp1252", "detected"), ("utf-16", "as its first bytes say")])
def test_what_a_spreadsheet_saves_in_another_encoding_is_read_and_told(
    tmp_path: Path, encoding: str, note: str
) -> None:
    content = "id;question\r\n1;Que s’est-il passé en décembre à Orléans ?\r\n".encode(encoding)
    questions, notes = read_questions(written(tmp_path, "a.csv", content))
    assert questions == ["Que s’est-il passé en décembre à Orléans ?"]
    assert len(notes) == 1
    assert encoding in notes[0]
    assert note in notes[0]


@pytest.mark.parametrize(
    ("name", "content", "error", "named"),
    [
        ("a.csv", "frage\nwer?\n", BadData, "no column 'question'"),
        ("a.csv", b"question\nqui a sign\xc3\xa9 \xc3\xa0 \xe9\n", BadData, "byte 25 is not valid UTF-8"),
        ("a.csv", bytes(range(32)) * 9, BadData, "control characters"),
        ("a.csv", "question\n" + "a" * 200_000, BadData, r"a\.csv:\d"),
        ("a.csv", "sep=,\nquestion\nqui ?\n" + "a" * 200_000, BadData, r"a\.csv:4"),
        ("a.csv", "question\n", NoInput, "no question"),
        ("a.csv", "", BadData, "no column"),
        ("a.jsonl", '"a"\n{"question": 1}', BadData, r"a\.jsonl:2"),
        ("a.jsonl", '"a"\n{"question":', BadData, r"a\.jsonl:2"),
        ("a.jsonl", "[" * 100_000, BadData, r"a\.jsonl:1"),
        ("a.txt", " \n\n", NoInput, "no question"),
        ("a.xlsx", b"PK", BadData, "xlsx"),
    ],
)
def test_what_holds_no_questions_is_refused_by_name(
    tmp_path: Path, name: str, content: str | bytes, error: type[IbidError], named: str
) -> None:
    with pytest.raises(error, match=named):
        read_questions(written(tmp_path, name, content))


@pytest.mark.parametrize("name", ["none.csv", "none", "folder.csv", "folder"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "folder").mkdir()
    with pytest.raises(NoInput, match=name):
        read_questions(tmp_path / name)
