"""A file of questions: CSV with a column `question`, JSON lines, or plain text with one a line."""

import csv
import io
import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rag.errors import BadData, NoInput
from rag.formats.encodings import decode
from rag.formats.refused import Refused
from rag.formats.separator import stated_separator

COLUMN = "question"
LARGEST_CELL = 131_072  # characters; the csv module's own limit, which belongs to the process
# Others, such as U+2028, come with text pasted from a page, and end no line of a file.
LINE_END = re.compile("\r\n|\r|\n")
DELIMITERS = (",", ";", "\t")  # a spreadsheet set to French writes semicolons


def read_questions(path: Path) -> tuple[list[str], tuple[str, ...]]:
    """Return the questions of a file in their order, each as it stands there, and notes on its encoding.

    Raises:
        NoInput: there is no such file, it is a folder, or no question in it.
        BadData: naming the line, it is no text, not of its kind, or has no questions.

    """
    if not path.exists():
        raise NoInput(f"{path} does not exist", "check its name")
    if path.is_dir():
        raise NoInput(f"{path} is a folder", "give one file of questions")
    read = READERS.get(path.suffix.lower())
    if read is None:
        kinds = ", ".join(READERS)
        raise BadData(f"{path}: what a file {path.suffix!r} holds is not known", f"give it as {kinds}")
    try:
        # Spreadsheets write the mark; what they write without it is often Windows-1252.
        text, notes = decode(path.read_bytes().removeprefix(BOM_UTF8))
    except Refused as error:
        raise BadData(f"{path}: {error.detail}", "save it as UTF-8") from None
    except OSError as error:
        raise NoInput(f"{path} cannot be read ({error.strerror})", "check its name") from None
    questions = list(read(text, path))
    if not questions:
        raise NoInput(f"{path} holds no question")
    return questions, notes


def _csv(text: str, path: Path) -> Iterator[str]:
    csv.field_size_limit(LARGEST_CELL)  # reading articles may have raised it
    stated, text = stated_separator(text)
    first = text.lstrip("\r\n").partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=stated or max(DELIMITERS, key=first.count))
    try:
        names = [name.strip().lower() for name in next(filter(None, rows), [])]
        if COLUMN not in names:
            raise BadData(f"{path} has no column {COLUMN!r}", f"name one of its columns {COLUMN!r}")
        column = names.index(COLUMN)
        yield from ("".join(row[column : column + 1]) for row in rows if row)
    except csv.Error as error:
        raise BadData(f"{path}:{rows.line_num}: {error}", "save it as CSV again") from None


def _json_lines(text: str, path: Path) -> Iterator[str]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _question_of(line, f"{path}:{number}")


def _question_of(line: str, place: str) -> str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadData(f"{place}: {error}", 'write {"question": "…"} on each line') from None
    question = value.get(COLUMN) if isinstance(value, Mapping) else value
    if not isinstance(question, str):
        raise BadData(f"{place}: no question stands here", 'write {"question": "…"} on each line')
    return question


def _text(text: str, path: Path) -> Iterator[str]:
    yield from (line for line in LINE_END.split(text) if line.strip())


READERS: Mapping[str, Callable[[str, Path], Iterator[str]]] = {
    ".csv": _csv,
    ".jsonl": _json_lines,
    ".txt": _text,
}
