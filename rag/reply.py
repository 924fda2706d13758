"""Answers and documents as plain data: the one form that HTTP and command line share."""

from typing import Any

from rag.answer import Answer, Hit
from rag.citations import cite
from rag.documents import Document
from rag.index import Index
from rag.spans import Span
from rag.text_fragments import fragment_url


def answer_as_json(answer: Answer, snapshot: Index, took_ms: float) -> dict[str, Any]:
    """Return an answer as the reply of `POST /v1/ask`."""
    return {
        "question": answer.question,
        "question_language": answer.question_language,
        "answerable": answer.answerable,
        "confidence": round(answer.confidence, 4),
        "reason": answer.reason,
        "warnings": list(answer.warnings),
        "notices": [{"code": one.code, "values": dict(one.values)} for one in answer.notices],
        "dates": [
            {
                "text": one.mention.span.slice(answer.question),
                "start": one.mention.span.start,
                "end": one.mention.span.end,
                "first": one.mention.first.isoformat(),
                "last": one.mention.last.isoformat(),
                "articles": one.articles,
            }
            for one in answer.dates
        ],
        "passages": [_hit(hit, snapshot) for hit in answer.hits],
        "index": {
            "id": snapshot.id,
            "model": snapshot.manifest.model.name,
            "built_at": snapshot.manifest.built_at,
        },
        "took_ms": round(took_ms, 3),
    }


def _hit(hit: Hit, snapshot: Index) -> dict[str, Any]:
    citation = cite(hit)
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "text": hit.text,
        "highlights": [{"start": span.start, "end": span.end} for span in hit.highlights],
        "segments": _segments(hit.text, hit.highlights),
        "citation": {
            "id": citation.id,
            "label": citation.label,
            "document_id": citation.document_id,
            "source": citation.source,
            "title": citation.title,
            "outlet": citation.outlet,
            "published_on": citation.published_on and citation.published_on.isoformat(),
            "language": citation.language,
            "url": citation.url,
            "fragment_url": _fragment_url(hit, snapshot),
            "start": citation.start,
            "end": citation.end,
            "permalink": citation.permalink,
        },
        "explanation": {
            "dense": hit.explanation.dense,
            "sentence": hit.explanation.sentence,
            "date": hit.explanation.date,
            "lexical": hit.explanation.lexical,
            "fused": hit.explanation.fused,
        },
        "also_in": [_copy(document) for document in hit.also_in],
    }


def _copy(document: Document) -> dict[str, Any]:
    known = document.metadata
    return {
        "document_id": document.id,
        "source": document.source,
        "title": known.title,
        "outlet": known.outlet,
        "published_on": known.published_on and known.published_on.isoformat(),
        "url": known.url,
    }


def _fragment_url(hit: Hit, snapshot: Index) -> str | None:
    document = snapshot.document(hit.passage.document_id) if hit.metadata.url else None
    return fragment_url(hit.metadata.url, document.text, hit.passage.span) if document else None


def _segments(text: str, highlights: tuple[Span, ...]) -> dict[str, str]:
    """Cut the text around its best highlight: joined, the three parts are the text."""
    best = highlights[0] if highlights else Span(len(text), len(text))
    return {"before": text[: best.start], "match": best.slice(text), "after": text[best.end :]}


def summary_as_json(document: Document) -> dict[str, Any]:
    """Return what a list says of a document: everything but its text."""
    known = document.metadata
    return {
        "id": document.id,
        "source": document.source,
        "title": known.title,
        "outlet": known.outlet,
        "published_on": known.published_on and known.published_on.isoformat(),
        "language": known.language,
        "url": known.url,
        "author": known.author,
        "sha256": document.sha256,
    }


def document_as_json(document: Document) -> dict[str, Any]:
    """Return a document with its whole text and what was set aside."""
    return {
        **summary_as_json(document),
        "text": document.text,
        "set_aside": [
            {"start": label.span.start, "end": label.span.end, "reason": label.reason}
            for label in document.set_aside
        ],
    }
