"""Replies of the service as typed records, read from the one JSON form that all its doors share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rag.citations import CitationState
from rag.explanation import Explanation
from rag.spans import Span

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CitationRecord:
    """A citation as it is sent: the place of a passage, and what names its article."""

    id: str
    label: str
    document_id: str
    source: str
    title: str | None
    outlet: str | None
    published_on: date | None
    language: str | None
    url: str | None
    fragment_url: str | None
    start: int
    end: int
    permalink: str

    @staticmethod
    def of(sent: Json) -> "CitationRecord":
        """Read a citation."""
        known = {name: sent[name] for name in CitationRecord.__dataclass_fields__}
        return CitationRecord(**known | {"published_on": _day(sent["published_on"])})


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """Another article that holds the same words."""

    document_id: str
    source: str
    title: str | None
    outlet: str | None
    published_on: date | None
    url: str | None

    @staticmethod
    def of(sent: Json) -> "CopyRecord":
        """Read a copy."""
        return CopyRecord(**{**sent, "published_on": _day(sent["published_on"])})


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """A passage as it is sent: its words, the answering sentences in them, its citation."""

    rank: int
    score: float
    text: str
    highlights: tuple[Span, ...]
    citation: CitationRecord
    explanation: Explanation
    also_in: tuple[CopyRecord, ...]

    @staticmethod
    def of(sent: Json) -> "PassageRecord":
        """Read a passage."""
        return PassageRecord(
            sent["rank"],
            sent["score"],
            sent["text"],
            tuple(Span(mark["start"], mark["end"]) for mark in sent["highlights"]),
            CitationRecord.of(sent["citation"]),
            Explanation(**sent["explanation"]),
            tuple(CopyRecord.of(one) for one in sent["also_in"]),
        )


@dataclass(frozen=True, slots=True)
class DateRecord:
    """A date of the question, `question[start:end]`, the days it means, inclusive, and articles of these."""

    text: str
    start: int
    end: int
    first: date
    last: date
    articles: int

    @staticmethod
    def of(sent: Json) -> "DateRecord":
        """Read a date."""
        days = {name: date.fromisoformat(sent[name]) for name in ("first", "last")}
        return DateRecord(**{**sent, **days})


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it is sent (`POST /v1/ask`)."""

    question: str
    question_language: str
    answerable: bool
    confidence: float
    reason: str | None
    warnings: tuple[str, ...]
    dates: tuple[DateRecord, ...]
    passages: tuple[PassageRecord, ...]
    index_id: str
    took_ms: float

    @staticmethod
    def of(sent: Json) -> "Reply":
        """Read an answer."""
        return Reply(
            sent["question"],
            sent["question_language"],
            sent["answerable"],
            sent["confidence"],
            sent.get("reason"),
            tuple(sent["warnings"]),
            tuple(DateRecord.of(one) for one in sent["dates"]),
            tuple(PassageRecord.of(one) for one in sent["passages"]),
            sent["index"]["id"],
            sent["took_ms"],
        )


@dataclass(frozen=True, slots=True)
class Article:
    """An article with its whole stored text (`GET /v1/documents/{id}`)."""

    id: str
    source: str
    title: str | None
    outlet: str | None
    published_on: date | None
    language: str | None
    url: str | None
    author: str | None
    sha256: str
    text: str

    @staticmethod
    def of(sent: Json) -> "Article":
        """Read an article."""
        known = {name: sent[name] for name in Article.__dataclass_fields__}
        return Article(**known | {"published_on": _day(sent["published_on"])})


@dataclass(frozen=True, slots=True)
class Check:
    """What has become of a citation (`GET /v1/citations/{id}`); the words only where they stand."""

    id: str
    state: CitationState
    start: int | None
    end: int | None
    text: str | None
    fragment_url: str | None

    @staticmethod
    def of(sent: Json) -> "Check":
        """Read the state of a citation."""
        return Check(**{name: sent[name] for name in Check.__dataclass_fields__})


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
