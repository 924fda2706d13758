"""Follow-up questions ("and who signed it?") rewritten so that they can be searched for alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.errors import EndpointFailed
from rag.prose.composing import MARKUP, NO_MODEL
from rag.prose.endpoint import Endpoint
from rag.prose.prompt import rewriting
from rag.retriever import LONGEST_QUESTION


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A follow-up question and what was searched for instead, for the reader to see.

    Attributes:
        asked: as the reader put it.
        question: what was searched for.
        reason: why it was not rewritten; None where the model saw to it.

    """

    asked: str
    question: str
    reason: str | None = None

    @staticmethod
    def of(sent: Mapping[str, Any]) -> "Rewritten":
        """Read it from its JSON form."""
        return Rewritten(sent["asked"], sent["question"], sent["reason"])


async def rewrite(question: str, earlier: Sequence[str], endpoint: Endpoint | None) -> Rewritten:
    """Return the question as it would be asked first; as it is where the model is no help."""
    if not earlier or endpoint is None:
        return Rewritten(question, question, NO_MODEL if earlier else None)
    try:
        return Rewritten(question, await _standalone(question, earlier, endpoint))
    except EndpointFailed as failure:
        return Rewritten(question, question, str(failure))


async def _standalone(question: str, earlier: Sequence[str], endpoint: Endpoint) -> str:
    written = await endpoint.complete(rewriting(question, earlier))
    rewritten = " ".join(written.split()).strip('"«» ')
    if not 0 < len(rewritten) <= LONGEST_QUESTION or MARKUP.search(rewritten) or "\0" in rewritten:
        raise EndpointFailed("the language model did not rewrite the question")
    return rewritten
