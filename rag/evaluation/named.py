"""A model as it is named in a comparison: alone, or with prefixes of its own."""

from dataclasses import dataclass

from embeddings import Encoder
from rag.errors import BadConfiguration

# In no hub id, and in no folder anyone would call so.
MARK = "|"


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model and what is put before its questions and passages, None where nothing is said of it."""

    model: str
    query_prefix: str | None = None
    passage_prefix: str | None = None


def read_name(text: str) -> NamedModel:
    """Read ``MODEL`` or ``MODEL|QUESTION PREFIX|PASSAGE PREFIX``, either prefix possibly empty.

    Raises:
        BadConfiguration: there is another number of parts.

    """
    model, *prefixes = text.split(MARK)
    if len(prefixes) not in (0, 2):
        message = f"the model {text!r} has {len(prefixes)} prefixes"
        raise BadConfiguration(message, "write 'MODEL|QUESTION PREFIX|PASSAGE PREFIX', or MODEL alone")
    return NamedModel(model, *prefixes)


def check_prefixes(text: str, encoder: Encoder) -> None:
    """Raise `BadConfiguration` where a model does not take the prefixes it is named with."""
    named = read_name(text)
    if named.query_prefix is not None and encoder.prefixes != (named.query_prefix, named.passage_prefix):
        message = f"the model {named.model!r} has prefixes of its own: {encoder.prefixes}"
        raise BadConfiguration(message, f"name it alone: {named.model}")
