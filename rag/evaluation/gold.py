"""The gold set: questions whose answers are exact places in the articles.

A JSON Lines file, one question a line. Answers of one question are alternatives: each of
them, wherever it stands, answers it alone. They never overlap, so each is a place of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.documents import text_digest
from rag.errors import BadData, NoInput
from rag.evaluation.question import GoldAnswer, Question, parse_question

if TYPE_CHECKING:
    from rag.index import Index

__all__ = ["Gold", "GoldAnswer", "Question", "load_gold"]


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold set.

    Attributes:
        path: the file it was read from.
        sha256: digest of that file, hexadecimal.
        questions: in the order of the file.
        lines: for each question, its line in the file, from 1.

    """

    path: Path
    sha256: str
    questions: tuple[Question, ...]
    lines: tuple[int, ...]

    def of_split(self, split: str) -> tuple[Question, ...]:
        """Return the questions of "dev", of "test", or of "all"."""
        return tuple(q for q in self.questions if split in ("all", q.split))

    def check_against(self, snapshot: Index) -> None:
        """Raise BadData listing every answer that does not stand at its place in the index."""
        errors = [
            f"{self.path}:{line}: {problem}"
            for question, line in zip(self.questions, self.lines, strict=True)
            for answer in question.answers
            if (problem := _misplaced(answer, snapshot))
        ]
        _raise_all(errors, "run `ibid index` on the articles the gold set was written for, or correct it")


def load_gold(path: Path, texts: Mapping[str, str] | None = None) -> Gold:
    """Read a gold set, a JSON Lines file in UTF-8. Raises what `parse_gold` and `read_text` raise."""
    return parse_gold(path, read_text(path), texts)


def parse_gold(path: Path, raw: str, texts: Mapping[str, str] | None = None) -> Gold:
    """Read the text of a gold set.

    Args:
        path: its file, which errors name.
        raw: one question a line; blank lines are skipped.
        texts: document id to stored text; where given, every quote is checked against it.

    Raises:
        NoInput: it holds no question.
        BadData: a line is wrong; every error is listed with its line.

    """
    found = [(line, *parse_question(row)) for line, row in enumerate(raw.split("\n"), 1) if row.strip()]
    errors = [f"{path}:{line}: {problem}" for line, _, problems in found for problem in problems]
    numbered = [(line, question) for line, question, _ in found if question is not None]
    errors += [f"{path}:{line}: {problem}" for line, problem in _between_lines(numbered)]
    for line, question in numbered if texts is not None else []:
        errors += [f"{path}:{line}: {p}" for a in question.answers if (p := _misquoted(a, texts or {}))]
    _raise_all(errors, "correct these lines and run again")
    if not numbered:
        raise NoInput(f"{path} holds no question", "write one question a line")
    questions = tuple(question for _, question in numbered)
    return Gold(path, text_digest(raw), questions, tuple(line for line, _ in numbered))


def read_text(path: Path) -> str:
    """Return the text of a gold set. Raises NoInput without such a file, BadData where it is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadData(f"{path} is not UTF-8 (byte {error.start})", "save the gold set as UTF-8") from error
    except OSError as error:
        remedy = "name the gold set: ibid evaluate path/to/gold.jsonl"
        raise NoInput(f"cannot read the gold set {path}: {error.strerror}", remedy) from error


def _raise_all(errors: list[str], remedy: str) -> None:
    """Raise BadData with every error on its own line; return where there is none."""
    if errors:
        count = f"{len(errors)} error{'s' if len(errors) > 1 else ''} in the gold set:"
        raise BadData("\n".join([count, *errors]), remedy)


def _between_lines(numbered: list[tuple[int, Question]]) -> Iterator[tuple[int, str]]:
    """Tell which ids stand twice and which pairs stand in both halves."""
    first: dict[str, int] = {}
    halves: dict[str, tuple[str, int]] = {}
    for line, question in numbered:
        if first.setdefault(question.id, line) != line:
            yield line, f"id {question.id!r} stands on line {first[question.id]} already"
        split, earlier = halves.setdefault(question.pair, (question.split, line))
        if split != question.split:
            yield line, f"pair {question.pair!r} is {question.split!r} here and {split!r} on line {earlier}"


def _misquoted(answer: GoldAnswer, texts: Mapping[str, str]) -> str:
    """Return what is wrong with a quote, "" where it stands at its place."""
    if answer.document_id not in texts:
        return f"no document {answer.document_id!r} ({answer.source})"
    if (found := answer.span.slice(texts[answer.document_id])) != answer.quote:
        return f"{answer.source}[{answer.start}:{answer.end}] is {found[:60]!r}, not {answer.quote[:60]!r}"
    return ""


def _misplaced(answer: GoldAnswer, snapshot: Index) -> str:
    document = snapshot.document(answer.document_id)
    return _misquoted(answer, {document.id: document.text} if document else {})
