"""From a name to an encoder."""

from pathlib import Path

from embeddings.encoder import Encoder
from embeddings.onnx_encoder import OnnxEncoder

BUNDLED = Path(__file__).parent / "bundled"


def is_here(name: str) -> bool:
    """Return whether a name is that of a model on this machine, for which no hub is ever asked."""
    return name == "bundled" or Path(name).is_dir()


def load_encoder(
    name: str = "bundled", query_prefix: str | None = None, passage_prefix: str | None = None
) -> Encoder:
    """Return the encoder called `name`.

    "bundled" is the model that comes with Ibid; a folder with `model.onnx` is read without
    torch; every other folder or name is given to sentence-transformers, with the prefixes.

    Raises:
        ModelNotFound: no such model here.
        ModelDamaged: a file of the model is truncated or altered.
        MissingExtra: the library for this kind of model is not installed.

    """
    if name == "bundled":
        return OnnxEncoder(BUNDLED, name="bundled")
    if (Path(name) / "model.onnx").is_file():
        return OnnxEncoder(Path(name))
    from embeddings.sentence_transformer_encoder import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name, query_prefix, passage_prefix)
