"""Text and vectors. Knows nothing of articles."""

from embeddings.cache import EmbeddingCache
from embeddings.encoder import Encoder, Vectors
from embeddings.errors import EncoderError, MissingExtra, ModelDamaged, ModelNotFound
from embeddings.lexicon import Lexicon
from embeddings.loading import load_encoder

__all__ = [
    "EmbeddingCache",
    "Encoder",
    "EncoderError",
    "Lexicon",
    "MissingExtra",
    "ModelDamaged",
    "ModelNotFound",
    "Vectors",
    "load_encoder",
]
