"""What `ibid gold add` does: ask, let somebody pick the sentences that answer, add the question to the file.

What can be picked and what is asked for goes to stderr, the line that was added to stdout.
"""

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.answer import Hit
from rag.errors import BadData, CannotWrite, NoInput
from rag.evaluation.gold import Gold, parse_gold, read_text
from rag.output import put
from rag.snapshot import sync_folder
from rag.spans import Span
from rag.terminal import plain

if TYPE_CHECKING:
    from rag.retriever import Retriever

NONE = "none"
PICK = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")
HOW = 'name sentences as "3 7" (each answers alone), "3-4" (only together), or "none"'


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as it is given, before anything answers it; None is filled in."""

    question: str
    kind: str
    split: str
    difficulty: str | None = None
    language: str | None = None
    pair: str | None = None


Choice = tuple[Hit, Span]
"""A sentence that can be picked: its passage, its place in the document."""


def add_command(retriever: "Retriever", path: Path, draft: Draft, k: int) -> None:
    """Ask, show the sentences of `k` passages, read which ones answer, and add the question to the file.

    Raises:
        BadData: question, pick, gold set or the question in it is wrong; the file stays as it was.
        NoInput: nothing was picked.
        CannotWrite: the file cannot be written; it stays as it was.

    """
    path = Path(os.path.realpath(path))  # a link stays one
    _checked(path, _text_before(path), retriever)  # before anybody picks anything
    answer = retriever.ask(draft.question, k)
    choices = [(hit, sentence) for hit in answer.hits for sentence in hit.passage.sentences]
    _show(choices)
    answers = _answers(_read_line(f"Which answer? ({HOW}) "), choices)
    record = {
        "question": answer.question,
        "language": draft.language or answer.question_language,
        "kind": draft.kind,
        **({"difficulty": draft.difficulty} if draft.difficulty is not None else {}),
        "split": draft.split,
        "answerable": bool(answers),
        "answers": answers,
        **({} if answers else {"why": _read_line("Why does nothing answer it? ")}),
    }
    put(_add(path, record, draft.pair, retriever))


def _text_before(path: Path) -> str:
    raw = read_text(path) if path.exists() else ""
    return raw if raw.endswith("\n") or not raw else raw + "\n"


def _checked(path: Path, raw: str, retriever: "Retriever") -> Gold | None:
    """Return the gold set, None where it holds no question yet. Raises BadData."""
    if not raw.strip():
        return None
    gold = parse_gold(path, raw)
    gold.check_against(retriever.snapshot)
    return gold


def _show(choices: Sequence[Choice]) -> None:
    """Number the sentences of all passages; those thought to answer are pointed at."""
    shown = None
    for number, (hit, sentence) in enumerate(choices, 1):
        if hit is not shown:
            known = hit.metadata.title or hit.source, hit.metadata.outlet, hit.metadata.published_on
            sys.stderr.write(f"\n[{hit.rank}] {plain(' · '.join(str(part) for part in known if part))}\n")
            shown = hit
        mark = ">" if _place(hit, sentence) in hit.highlights else " "
        sys.stderr.write(f"{mark}{number:4}  {plain(' '.join(_quote(hit, sentence).split()))}\n")


def _place(hit: Hit, sentence: Span) -> Span:
    return sentence.shifted(-hit.passage.span.start)


def _quote(hit: Hit, sentence: Span) -> str:
    return _place(hit, sentence).slice(hit.text)


def _read_line(prompt: str) -> str:
    """Return the next line of stdin, which may be a pipe. Raises NoInput at its end."""
    sys.stderr.write(f"\n{prompt}")
    sys.stderr.flush()
    line = sys.stdin.buffer.readline() if sys.stdin else b""
    if not line:
        raise NoInput("stdin ended before the question was answered; nothing was added", HOW)
    return line.decode("utf-8", "replace").strip()


def _answers(picked: str, choices: Sequence[Choice]) -> list[dict[str, Any]]:
    if picked.lower() == NONE:
        return []
    if not (picks := re.findall(r"[^\s,]+", picked)):
        raise BadData("no sentence was picked; nothing was added", HOW)
    return [_answer(pick, choices) for pick in dict.fromkeys(picks)]


def _answer(pick: str, choices: Sequence[Choice]) -> dict[str, Any]:
    """Return the place that one pick names, as a gold set states it. Raises BadData."""
    if not (found := PICK.fullmatch(pick)):
        raise BadData(f"{pick[:20]!r} names no sentence; nothing was added", HOW)
    first, last = int(found[1]), int(found[2] or found[1])
    if not 1 <= first <= last <= len(choices):
        raise BadData(f"{pick!r} is not among the sentences 1 to {len(choices)}; nothing was added", HOW)
    (hit, start), (other, end) = choices[first - 1], choices[last - 1]
    if hit is not other:
        raise BadData(f"{pick!r} reaches from one passage into another; nothing was added", HOW)
    span = Span(start.start, end.end)
    return {
        "document_id": hit.passage.document_id,
        "source": hit.source,
        "start": span.start,
        "end": span.end,
        "quote": _quote(hit, span),
    }


def _add(path: Path, record: dict[str, Any], pair: str | None, retriever: "Retriever") -> str:
    """Add a question under the next free id; return its line. Raises BadData and CannotWrite."""
    raw = _text_before(path)  # again: it may have grown while somebody was picking
    gold = _checked(path, raw, retriever)
    asked = {q.text: q.id for q in gold.questions} if gold else {}
    if record["question"] in asked:
        raise BadData(f"{path} asks this as {asked[record['question']]} already", "nothing was added")
    kept = [(q.id, q.pair) for q in gold.questions] if gold else []
    names = {
        "id": _next("q" if record["answerable"] else "u", (one for one, _ in kept)),
        "pair": pair or _next("p", (one for _, one in kept)),
    }
    line = json.dumps({**names, **record}, ensure_ascii=False) + "\n"
    if line.encode("utf-8", "replace").decode() != line:
        raise BadData("kind, difficulty or pair is not UTF-8; nothing was added", "write it again")
    _checked(path, raw + line, retriever)
    _replace(path, raw + line)
    return line


def _next(letter: str, names: Iterator[str]) -> str:
    """Return the name after the greatest: "q233" after "q232"."""
    numbers = (int(found[1]) for name in names if (found := re.fullmatch(rf"{letter}(\d+)", name, re.ASCII)))
    return f"{letter}{max(numbers, default=0) + 1:03}"


def _replace(path: Path, text: str) -> None:
    """Put a text in the place of a file, whole or not at all. Raises CannotWrite."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            beside = Path(folder) / path.name
            _write_through(beside, text)
            if path.exists():
                shutil.copymode(path, beside)
            beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        remedy = "name a file in a folder that exists and may be written to"
        raise CannotWrite(f"cannot write {path}: {error.strerror}", remedy) from error


def _write_through(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
