"""Prose over the passages of a reply: what the model writes, less whatever they do not support."""

import asyncio
import re
import unicodedata
from collections import Counter
from collections.abc import AsyncGenerator, Sequence

from embeddings import Lexicon
from rag.errors import EndpointFailed
from rag.prose.endpoint import Endpoint
from rag.prose.prompt import asking
from rag.prose.sentence import Ending, Fault, Sentence
from rag.prose.sentence_stream import Draft, SentenceStream
from rag.prose.support import Source, claims_of, source_of, unsupported
from rag.records import PassageRecord, Reply

# A link or an image in prose could carry what the reader asked to a stranger (CVE-2025-32711).
MARKUP = re.compile(
    r"[a-z][a-z0-9+.-]*://|\bwww\.|\]\(|!\[|<[a-z/!]|&[a-z#0-9]+;|`|\S@\S|javascript:", re.IGNORECASE
)
UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn"}
NO_MODEL = "no language model is configured"
NOT_ANSWERED = "the passages are only the nearest ones and may not answer the question"


async def compose(
    reply: Reply, endpoint: Endpoint | None, lexicon: Lexicon | None
) -> AsyncGenerator[Sentence | Ending]:
    """Yield the sentences that may be shown, then how it ended.

    A failure of the endpoint ends the prose with its reason; the passages stand.
    """
    if endpoint is None or not reply.answerable:
        yield Ending(0, reason=NOT_ANSWERED if endpoint else NO_MODEL)
        return
    proof, stream = Proofreader(reply.passages, lexicon), SentenceStream()
    reason = None
    try:
        async for piece in endpoint.stream(asking(reply)):
            for draft in stream.feed(piece):
                if sentence := await asyncio.to_thread(proof.read, draft):
                    yield sentence
        for draft in stream.end():
            if sentence := await asyncio.to_thread(proof.read, draft):
                yield sentence
    except EndpointFailed as failure:
        # The sentence it broke off in is not shown: its end might have changed its meaning.
        reason = str(failure)
    yield Ending(proof.shown, dict(proof.dropped), reason)


class Proofreader:
    """Lets through the sentences that the passages they cite support, and counts the others.

    Attributes:
        shown: sentences let through.
        dropped: sentences not let through, by their fault.

    """

    def __init__(self, passages: Sequence[PassageRecord], lexicon: Lexicon | None) -> None:
        self.shown = 0
        self.dropped: Counter[str] = Counter()
        self._passages = {passage.rank: passage for passage in passages}
        self._lexicon = lexicon
        self._sources: dict[int, Source] = {}

    def read(self, draft: Draft) -> Sentence | None:
        """Return the sentence to show, None where it must not be."""
        fault = self._fault(draft)
        if fault:
            self.dropped[fault] += 1
            return None
        self.shown += 1
        return Sentence(draft.text, tuple(self._passages[label].citation.id for label in draft.labels))

    def _fault(self, draft: Draft) -> Fault | None:
        if not draft.labels:
            return "uncited"
        if any(label not in self._passages for label in draft.labels):
            return "unknown-citation"
        if MARKUP.search(draft.text) or any(unicodedata.category(each) in UNSEEN for each in draft.text):
            return "markup"
        sources = [self._source(label) for label in draft.labels]
        faults = unsupported(claims_of(draft.text), sources, self._lexicon)
        return "unsupported" if next(faults, None) else None

    def _source(self, label: int) -> Source:
        if label not in self._sources:
            passage = self._passages[label]
            self._sources[label] = source_of(passage.text, passage.citation.language)
        return self._sources[label]
