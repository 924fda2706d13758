"""Any sentence-transformers model, by hub id or path. Slower to start: torch is loaded here."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.encoder import Vectors
from embeddings.errors import MissingExtra, ModelDamaged, ModelNotFound
from embeddings.lexicon import Lexicon

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH_SIZE = 16


class SentenceTransformerEncoder:
    """Encodes with sentence-transformers; see `embeddings.encoder.Encoder`.

    A prefix of None means the model's own prompts, as its author configured them.

    Raises:
        MissingExtra: sentence-transformers is not installed.
        ModelDamaged: the weights are truncated or no safetensors.
        ModelNotFound: no such folder, and no such model in the local hub cache or on the hub.

    """

    def __init__(self, name: str, query_prefix: str | None = None, passage_prefix: str | None = None) -> None:
        try:
            from safetensors import SafetensorError
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            message = f"the model {name!r} needs sentence-transformers, which cannot be imported ({error})"
            raise MissingExtra(message, "pip install sentence-transformers") from None
        try:
            self._model = _load(SentenceTransformer, name)
        except SafetensorError as error:
            message = f"the weights of the model {name!r} are damaged ({error})"
            raise ModelDamaged(message, "fetch or copy the model again") from None
        except (OSError, ValueError) as error:
            first_line = (str(error).splitlines() or [type(error).__name__])[0]
            remedy = (
                "give a folder that holds the model, or the id of a model on the hub (needs a network once)"
            )
            raise ModelNotFound(f"the model {name!r} cannot be loaded ({first_line})", remedy) from None
        self.name = Path(name).name if Path(name).is_dir() else name
        self.languages: tuple[str, ...] = ()
        self.lexicon: Lexicon | None = None
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self._query_prefix = query_prefix
        self._passage_prefix = passage_prefix
        prompts = self._model.prompts
        self.prefixes = (
            (prompts.get("query") or "") if query_prefix is None else query_prefix,
            (prompts.get("document") or "") if passage_prefix is None else passage_prefix,
        )
        self.fingerprint = self._digest()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions: (len(texts), dimension) float32, rows of unit norm."""
        return self._encode(texts, self._query_prefix, self._model.encode_query)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode passages: (len(texts), dimension) float32, rows of unit norm."""
        return self._encode(texts, self._passage_prefix, self._model.encode_document)

    def _encode(self, texts: Sequence[str], prefix: str | None, encode: Callable[..., Any]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        # Lone surrogates cannot be tokenized; U+FFFD is Unicode's own stand-in for them.
        readable = [text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for text in texts]
        prompt = {} if prefix is None else {"prompt": prefix}
        vectors: Vectors = encode(
            readable,
            batch_size=BATCH_SIZE,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
            **prompt,
        ).astype(np.float32)
        return vectors

    def _digest(self) -> str:
        digest = hashlib.sha256(
            repr((self._query_prefix, self._passage_prefix, self._model.prompts)).encode()
        )
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode())
            digest.update(tensor.detach().cpu().float().numpy().tobytes())
        vocabulary = sorted(self._model.tokenizer.get_vocab().items())
        digest.update(repr(vocabulary).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def _load(kind: "type[SentenceTransformer]", name: str) -> "SentenceTransformer":
    load = partial(kind, name, device="cpu", trust_remote_code=False, model_kwargs={"use_safetensors": True})
    try:
        # What is on this machine needs no network, and no minute of retries without one.
        return load(local_files_only=True)
    except (OSError, ValueError):
        return load()
