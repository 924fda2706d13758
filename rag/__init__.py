"""Articles, passages, search and evidence. Knows nothing of serving over HTTP."""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.client import Ibid
    from rag.filters import Filters

__all__ = ["Filters", "Ibid"]

# Before numpy is loaded: threads for products of a few thousand rows cost three times what they save.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is asked for
    """Import what is public when it is first asked for: the command line answers without it."""
    if name == "Ibid":
        from rag.client import Ibid

        return Ibid
    if name == "Filters":
        from rag.filters import Filters

        return Filters
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
