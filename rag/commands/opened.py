"""The encoder and the index that a command works with."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag.settings import Settings

if TYPE_CHECKING:
    from embeddings import Encoder
    from rag.retriever import Retriever


def encoder_of(settings: Settings) -> "Encoder":
    """Return the encoder of the settings. Raises EncoderError."""
    from embeddings import load_encoder

    return load_encoder(settings.model, settings.query_prefix, settings.passage_prefix)


@contextmanager
def embedding(settings: Settings) -> Iterator["Encoder"]:
    """Give the encoder that embeds passages: here, or on the machines of a cluster. Raises EncoderError."""
    encoder = encoder_of(settings)
    if settings.ray is None:
        yield encoder
        return
    from embeddings.ray_encoder import RayEncoder

    made_with = (settings.model, settings.query_prefix, settings.passage_prefix)
    with RayEncoder(encoder, settings.ray, made_with) as spread:
        yield spread


@contextmanager
def opened(settings: Settings) -> Iterator["Retriever"]:
    """Open the current index for as long as a command needs it. Raises SnapshotError, EncoderError."""
    from rag import language

    language.preload()
    from rag.location import expect_model, location_of
    from rag.retriever import Retriever

    location = location_of(settings)
    expect_model(location, settings.model)
    encoder = encoder_of(settings)
    snapshot = location.open(encoder)
    try:
        yield Retriever(snapshot, encoder)
    finally:
        snapshot.close()
