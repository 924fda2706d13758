"""Articles, passages, search and evidence. Knows nothing of serving over HTTP."""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.client import Ibid

__all__ = ["Ibid"]

# Before numpy is loaded: threads for products of a few thousand rows cost three times what they save.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is asked for
    """Import the client when it is first asked for: the command line answers without it."""
    if name == "Ibid":
        from rag.client import Ibid

        return Ibid
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
