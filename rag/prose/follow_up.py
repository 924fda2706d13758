"""Follow-up questions ("and who signed it?") rewritten so that they can be searched for alone."""

from collections.abc import Sequence

from rag.errors import EndpointFailed
from rag.prose.composing import MARKUP
from rag.prose.endpoint import Endpoint
from rag.prose.prompt import rewriting
from rag.retriever import LONGEST_QUESTION


async def standalone(question: str, earlier: Sequence[str], endpoint: Endpoint) -> str:
    """Return the question as it would be asked first; the question itself without earlier ones.

    Raises:
        EndpointFailed: the model does not answer, or with something that is no question.

    """
    if not earlier:
        return question
    rewritten = " ".join((await endpoint.complete(rewriting(question, earlier))).split()).strip('"«» ')
    if not 0 < len(rewritten) <= LONGEST_QUESTION or MARKUP.search(rewritten):
        raise EndpointFailed("the language model did not rewrite the question")
    return rewritten
