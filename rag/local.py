"""The index on this machine, asked in this process: what `rag.Ibid` does without an address."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from time import perf_counter
from typing import Any

from embeddings import load_encoder
from rag.citations import resolve
from rag.documents import ID
from rag.filters import Filters
from rag.location import expect_model, location_of
from rag.prose.composing import compose
from rag.prose.endpoint import endpoint_of
from rag.prose.follow_up import rewrite
from rag.prose.sentence import Ending
from rag.records import Reply
from rag.reply import answer_as_json, document_as_json
from rag.retriever import Retriever
from rag.settings import Settings
from rag.text_fragments import fragment_url

Json = dict[str, Any]


class Local:
    """The index that is current when this is made; a later one needs another.

    Raises:
        BadData: the question cannot be understood.
        SnapshotError, EncoderError: there is no index or model to ask.

    """

    def __init__(self, settings: Settings) -> None:
        location = location_of(settings)
        expect_model(location, settings.model)
        encoder = load_encoder(settings.model, settings.query_prefix, settings.passage_prefix)
        self._retriever = Retriever(location.open(encoder), encoder)
        self._endpoint = endpoint_of(settings)

    def ask(self, asked: Mapping[str, Any]) -> Json:
        """Return the reply to a question."""
        started = perf_counter()
        answer = self._retriever.ask(
            asked["question"],
            asked["k"],
            _filters(asked["filters"]),
            asked["include_boilerplate"],
            asked["use_dates"],
        )
        return answer_as_json(answer, self._retriever.snapshot, (perf_counter() - started) * 1000)

    def document(self, document_id: str) -> Json | None:
        """Return an article; None where there is none."""
        found = self._retriever.snapshot.document(document_id) if ID.fullmatch(document_id) else None
        return document_as_json(found) if found else None

    def citation(self, citation_id: str) -> Json | None:
        """Return the state of a citation; None for what is no citation id."""
        found = resolve(citation_id, self._retriever.snapshot)
        if found is None:
            return None
        place: Json = dict.fromkeys(("start", "end", "text", "fragment_url"))
        if found.document and found.span:
            text, span = found.document.text, found.span
            place = {
                "start": span.start,
                "end": span.end,
                "text": span.slice(text),
                "fragment_url": fragment_url(found.document.metadata.url, text, span),
            }
        return {"id": citation_id, "state": found.state, **place}

    def tell(self, asked: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
        """Yield the events of an answer in prose. Cannot be used inside a running event loop."""
        with asyncio.Runner() as loop:
            rewritten = loop.run(rewrite(asked["question"], asked["earlier"], self._endpoint))
            sent = self.ask({**asked, "question": rewritten.question})
            yield "passages", sent
            if asked["earlier"]:
                yield "rewritten", asdict(rewritten)
            prose = compose(Reply.of(sent), self._endpoint, self._retriever.lexicon)
            try:
                while True:
                    part = loop.run(prose.__anext__())
                    yield "end" if isinstance(part, Ending) else "sentence", asdict(part)
            except StopAsyncIteration:
                return
            finally:
                loop.run(prose.aclose())

    def close(self) -> None:
        """Close the index."""
        self._retriever.snapshot.close()


def _filters(asked: Mapping[str, Any]) -> Filters:
    first, last = (
        asked[name] and date.fromisoformat(asked[name]) for name in ("published_from", "published_to")
    )
    return Filters(first, last, *(tuple(asked[name]) for name in ("outlet", "language", "document_id")))
