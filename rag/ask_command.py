"""What `ibid ask` does: one question for a reader, or a file of them for a program."""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rag.answer import Answer
from rag.answer_table import header, rows_of
from rag.errors import BadData
from rag.filters import Filters
from rag.output import print_json, put
from rag.question_file import read_questions
from rag.reply import answer_as_json
from rag.retriever import Retriever

TableFormat = Literal["jsonl", "csv"]


@dataclass(frozen=True, slots=True)
class Asking:
    """How questions are asked: passages wanted, what articles must satisfy, whether dates count."""

    k: int
    filters: Filters
    use_dates: bool = True


def ask_one(retriever: Retriever, question: str, asking: Asking, as_json: bool) -> None:
    """Print the answer to a question, as the reply of the HTTP contract where `as_json`.

    Raises:
        BadData: the question is blank or too long.

    """
    from rag.terminal import print_answer

    answer, took_ms = _timed(retriever, question, asking)
    if as_json:
        print_json(answer_as_json(answer, retriever.snapshot, took_ms))
    else:
        print_answer(answer)


def ask_file(retriever: Retriever, path: Path, asking: Asking, form: TableFormat, address: str) -> int:
    """Print the answers to the questions of a file, one after the other.

    Returns:
        65 where a question could not be asked, which its row then says; 0 otherwise.

    """
    (questions, notes), failed = read_questions(path), 0
    for note in notes:
        sys.stderr.write(f"ibid: {path}: {note}\n")
    if form == "csv":
        put(header())
    for question in questions:
        reply = _reply(retriever, question, asking)
        failed += "error" in reply
        put(rows_of(reply, address) if form == "csv" else json.dumps(reply, ensure_ascii=False) + "\n")
    if failed:
        sys.stderr.write(f"ibid: {failed} of {len(questions)} questions could not be asked; see their rows\n")
    return BadData.exit_code if failed else 0


def _reply(retriever: Retriever, question: str, asking: Asking) -> dict[str, Any]:
    try:
        answer, took_ms = _timed(retriever, question, asking)
    except BadData as error:
        # A question may be no Unicode, which is why it could not be asked.
        return {"question": question.encode("utf-8", "replace").decode(), "error": str(error)}
    return answer_as_json(answer, retriever.snapshot, took_ms)


def _timed(retriever: Retriever, question: str, asking: Asking) -> tuple[Answer, float]:
    started = time.perf_counter()
    answer = retriever.ask(question, asking.k, asking.filters, use_dates=asking.use_dates)
    return answer, (time.perf_counter() - started) * 1000
