"""The torch-free encoder: a folder with `model.onnx`, `tokenizer.json` and `config.json`.

Pooling and normalisation are part of the graph: it takes `input_ids` and, where it asks for it,
`attention_mask`, int64 of shape (batch, sequence), and gives `embedding`, float32 of shape
(batch, dimension).
"""

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from embeddings import lexicon
from embeddings.encoder import Vectors
from embeddings.errors import ModelDamaged, ModelNotFound

FILES = ("config.json", "model.onnx", "tokenizer.json")
OPTIONAL_FILES = (lexicon.FILE,)
# Characters read for each token the model can take: a token rarely spans more than 32, so that a text of many
# megabytes costs no more than one of the longest length. Where blanks, control characters or words without
# end leave the model short of tokens, as many as the second are read, and no more.
CHARACTERS_PER_TOKEN = (32, 512)
# The fused operator is no faster, but eight times slower than the two it replaces: 0.29 ms against 0.04 ms
# for a text of 150 tokens, twelve times a text.
SLOW_FUSIONS = ("SkipLayerNormFusion",)

# Several texts at once, each on one thread: graph and tokenizer run outside of Python's lock. On two cores
# 1.75 times as many passages a second, 1.9 times as many sentences, and the same vectors bit for bit.
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

Ids = npt.NDArray[np.int64]


class OnnxEncoder:
    """Encodes with onnxruntime on one thread; see `embeddings.encoder.Encoder`.

    Raises:
        ModelNotFound: the folder or one of its files does not exist.
        ModelDamaged: a file is truncated, altered or not what its name says.

    """

    def __init__(self, folder: Path, name: str | None = None, threads: int = 1) -> None:
        config, self.fingerprint = read_config(folder)
        self.name: str = name or str(folder)
        self.dimension = int(config["dimension"])
        self.languages: tuple[str, ...] = tuple(config.get("languages", ()))
        self.prefixes: tuple[str, str] = (config.get("query_prefix", ""), config.get("passage_prefix", ""))
        self._max_tokens = int(config["max_tokens"])
        self._tokenizer = _load_tokenizer(folder / "tokenizer.json", self._max_tokens)
        self._session = load_session(folder / "model.onnx", threads)
        self._masked = "attention_mask" in {given.name for given in self._session.get_inputs()}
        static = folder / lexicon.FILE
        self.lexicon = lexicon.Lexicon(static, self._tokenizer, self.languages) if static.exists() else None

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions: (len(texts), dimension) float32, rows of unit norm."""
        return self._stacked([self._embed(self.prefixes[0] + text) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode passages on every core: (len(texts), dimension) float32, rows of unit norm."""
        prefixed = [self.prefixes[1] + text for text in texts]
        # The longest first, so that none of them is left to the end of one core.
        order = sorted(range(len(texts)), key=lambda row: -len(prefixed[row]))
        with ThreadPoolExecutor(CORES) as pool:
            try:
                found = dict(zip(order, pool.map(self._embed, [prefixed[row] for row in order]), strict=True))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return self._stacked([found[row] for row in range(len(texts))])

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the model would see, before any truncation to its length."""
        encoding = self._tokenizer.encode(_clean(text, len(text)))
        return len(encoding.ids) + sum(len(rest.ids) for rest in encoding.overflowing)

    def _stacked(self, vectors: Sequence[Vectors]) -> Vectors:
        return np.array(vectors, dtype=np.float32).reshape(len(vectors), self.dimension)

    def _embed(self, text: str) -> Vectors:
        return self._run(self._tokens(text))

    def _tokens(self, text: str) -> list[int]:
        for share in CHARACTERS_PER_TOKEN:
            limit = self._max_tokens * share
            encoding = self._tokenizer.encode(_clean(text, limit))
            if encoding.overflowing or len(text) <= limit:
                break
        ids: list[int] = encoding.ids
        return ids

    def _run(self, ids: list[int]) -> Vectors:
        # One text at a time: int8 activations are scaled over a whole batch, so that a text's vector
        # would depend on its neighbours (cosine 0.97 to itself). Batches of 8 saved 12 % of the time.
        inputs: dict[str, Ids] = {"input_ids": np.array([ids], dtype=np.int64)}
        if self._masked:
            inputs["attention_mask"] = np.ones_like(inputs["input_ids"])
        (embedding,) = self._session.run(["embedding"], inputs)
        vector: Vectors = embedding[0]
        return vector


def read_config(folder: Path) -> tuple[dict[str, Any], str]:
    """Return the model's configuration and its fingerprint, every file checked.

    The fingerprint is SHA-256 over the digests of all files. Where the configuration states
    the digest of a file under `sha256`, the file must be there and have it.

    Raises:
        ModelNotFound: the folder or one of its files does not exist.
        ModelDamaged: `config.json` is unreadable, or a file differs from its stated digest.

    """
    digests = {}
    for name in (*FILES, *OPTIONAL_FILES):
        if (folder / name).is_file():
            with (folder / name).open("rb") as file:
                digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
        elif name in FILES:
            raise ModelNotFound(f"the model file {folder / name} does not exist", _repair(folder))
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        stated = config.get("sha256", {})
        int(config["dimension"]), int(config["max_tokens"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{folder / 'config.json'} is not a model configuration ({error!r})"
        raise ModelDamaged(message, _repair(folder)) from None
    for name, digest in stated.items():
        if digests.get(name) != digest:
            message = (
                f"the model file {folder / name} is not the one its configuration states (SHA-256 differs)"
            )
            raise ModelDamaged(message, _repair(folder))
    return config, hashlib.sha256("".join(digests.values()).encode()).hexdigest()


def load_session(path: Path, threads: int = 1) -> onnxruntime.InferenceSession:
    """Return the graph of a file, ready to run as it is run when it is served.

    Raises:
        ModelDamaged: the file is not an ONNX model.

    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # a damaged file is reported once, by our own error
    # A spinning thread would hold a core for a second after each question.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW_FUSIONS
        )
    except Exception as error:
        raise ModelDamaged(f"{path} is not an ONNX model ({error})", _repair(path.parent)) from None


def _load_tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        raise ModelDamaged(f"{path} is not a tokenizer ({error})", _repair(path.parent)) from None
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _clean(text: str, limit: int) -> str:
    # The tokenizer refuses lone surrogates; U+FFFD is Unicode's own stand-in for them.
    return text[:limit].encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _repair(folder: Path) -> str:
    if folder == Path(__file__).parent / "bundled":
        return "install Ibid again: pip install --force-reinstall --no-deps ibid"
    return f"put {', '.join(FILES)} of one model into {folder}, or choose another one with --model"
