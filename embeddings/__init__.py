"""Text and vectors. Knows nothing of articles."""

import os

# Before onnxruntime is loaded: its builds for Linux, from 1.29 on, report what they run to their maker.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

from embeddings.blobs import Blobs
from embeddings.cache import EmbeddingCache, keys_of
from embeddings.encoder import Encoder, Halves, Vectors
from embeddings.errors import EncoderError, MissingExtra, ModelDamaged, ModelNotFound
from embeddings.lexicon import Lexicon
from embeddings.loading import load_encoder
from embeddings.onnx_encoder import CORES

__all__ = [
    "CORES",
    "Blobs",
    "EmbeddingCache",
    "Encoder",
    "EncoderError",
    "Halves",
    "Lexicon",
    "MissingExtra",
    "ModelDamaged",
    "ModelNotFound",
    "Vectors",
    "keys_of",
    "load_encoder",
]
