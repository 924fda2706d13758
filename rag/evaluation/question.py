"""A question of the gold set and the places that answer it, read strictly from one JSON line."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rag.documents import document_id
from rag.spans import Span

SPLITS = ("dev", "test")

QUESTION_FIELDS: Mapping[str, type] = {
    "id": str, "pair": str, "question": str, "language": str, "kind": str,
    "split": str, "answerable": bool, "answers": list,
}  # fmt: skip
OPTIONAL_FIELDS: Mapping[str, type] = {"difficulty": str, "why": str}
ANSWER_FIELDS: Mapping[str, type] = {
    "document_id": str, "source": str, "start": int, "end": int, "quote": str,
}  # fmt: skip
IDENTIFIER = re.compile(r"[A-Za-z0-9._-]+")  # TREC files separate their columns by blanks
LANGUAGE = re.compile(r"[a-z]{2}")
LONGEST_QUESTION = 2_000  # characters: the limit of the HTTP contract


@dataclass(frozen=True, slots=True)
class GoldAnswer:
    """A place that answers a question: `text[start:end] == quote` in its document."""

    document_id: str
    source: str
    start: int
    end: int
    quote: str

    @property
    def span(self) -> Span:
        """Return the place, in code points of the document's text."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the gold set.

    Attributes:
        id: unique in the file.
        pair: the same for the same question in two languages.
        text: the question itself.
        language: ISO 639-1 code.
        kind: what is asked for ("who", "when", "near-miss", …).
        split: the half it belongs to: tuning may look at "dev" only.
        answerable: whether the articles answer it.
        answers: the places that answer it, empty where it is not answerable.
        difficulty: what makes it hard ("paraphrase", …), None where nobody said.
        why: why nothing answers it, None where it is answerable.

    """

    id: str
    pair: str
    text: str
    language: str
    kind: str
    split: str
    answerable: bool
    answers: tuple[GoldAnswer, ...]
    difficulty: str | None = None
    why: str | None = None


def parse_question(row: str) -> tuple[Question | None, list[str]]:
    """Return the question of one line, or None and what is wrong with it."""
    try:
        record = json.loads(row, object_pairs_hook=_unique_keys)
    except (ValueError, RecursionError) as error:
        return None, [f"not JSON: {error}"]
    if problems := list(_shape(record, QUESTION_FIELDS, OPTIONAL_FIELDS)):
        return None, problems
    for place, answer in enumerate(record["answers"], 1):
        problems += [f"answer {place}: {p}" for p in _shape(answer, ANSWER_FIELDS, {})]
    if problems:
        return None, problems
    answers = tuple(GoldAnswer(**answer) for answer in record.pop("answers"))
    question = Question(text=record.pop("question"), answers=answers, **record)
    problems = [*_question_problems(question), *_answer_problems(question), *_place_problems(question)]
    return (None, problems) if problems else (question, [])


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object; JSON itself would silently keep the last of two equal keys."""
    record = dict(pairs)
    if len(record) < len(pairs):
        raise ValueError("a key stands twice")
    return record


def _shape(record: object, fields: Mapping[str, type], optional: Mapping[str, type]) -> Iterator[str]:
    """Tell what is wrong with the keys and types of one JSON object."""
    if not isinstance(record, dict):
        yield f"expected an object, not {type(record).__name__}"
        return
    known = {**fields, **optional}
    yield from (f"unknown key {key!r}" for key in sorted(record.keys() - known.keys()))
    yield from (f"{key!r} is missing" for key in sorted(fields.keys() - record.keys()))
    for key, value in record.items():
        # `type(...) is`, because True would pass for an int.
        if key in known and type(value) is not known[key]:
            yield f"{key!r} must be {known[key].__name__}, not {json.dumps(value)[:40]}"


def _question_problems(question: Question) -> Iterator[str]:
    if not (IDENTIFIER.fullmatch(question.id) and IDENTIFIER.fullmatch(question.pair)):
        yield f"id {question.id!r} and pair {question.pair!r} may hold only A-Z a-z 0-9 . _ -"
    if not LANGUAGE.fullmatch(question.language):
        yield f"language {question.language!r} is not an ISO 639-1 code such as 'fr'"
    if question.split not in SPLITS:
        yield f"split {question.split!r} is neither 'dev' nor 'test'"
    if not 1 <= len(question.text.strip()) <= LONGEST_QUESTION or re.search("[\ud800-\udfff]", question.text):
        yield f"the question must be 1 to {LONGEST_QUESTION:,} characters of text"
    if not question.kind.strip():
        yield "kind is blank"


def _answer_problems(question: Question) -> Iterator[str]:
    if question.answerable and not question.answers:
        yield "answerable, but answers is empty"
    if question.answerable and question.why is not None:
        yield "'why' belongs to questions that nothing answers"
    if not question.answerable and question.answers:
        yield "not answerable, but answers is not empty"
    if not question.answerable and not (question.why or "").strip():
        yield "not answerable, but 'why' does not say why"


def _place_problems(question: Question) -> Iterator[str]:
    for place, answer in enumerate(question.answers, 1):
        if not 0 <= answer.start < answer.end:
            yield f"answer {place}: {answer.start}:{answer.end} is not a place in a text"
        elif answer.end - answer.start != len(answer.quote):
            yield f"answer {place}: {answer.start}:{answer.end} and a quote of {len(answer.quote)} characters"
        if document_id(answer.source) != answer.document_id:
            yield f"answer {place}: document_id {answer.document_id!r} is not that of {answer.source!r}"
        for other, earlier in enumerate(question.answers[: place - 1], 1):
            if earlier.document_id == answer.document_id and earlier.span.overlap(answer.span):
                yield f"answers {other} and {place} overlap: keep the shorter"
