"""What is shipped beside the graph: static vectors, and the student for sentence-transformers."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from embeddings.training.student import Student

LARGEST = 127.0


def shipped_static(table: NDArray[np.float32], dimension: int) -> NDArray[np.int8]:
    """Return the static vectors on their ``dimension`` principal axes, unit length times 127, as int8."""
    unit = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    _, axes = np.linalg.eigh(unit.T @ unit)
    reduced = unit @ axes[:, ::-1][:, :dimension]
    reduced /= np.maximum(np.linalg.norm(reduced, axis=1, keepdims=True), 1e-9)
    rounded: NDArray[np.int8] = np.round(reduced * LARGEST).astype(np.int8)
    return rounded


def save_sentence_transformers(student: Student, tokenizer: Tokenizer, max_tokens: int, folder: Path) -> None:
    """Write the student's fp32 weights as a folder that ``SentenceTransformer(folder)`` loads."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer
    from transformers import PreTrainedTokenizerFast

    names = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")}
    wrapped = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, model_max_length=max_tokens, **names
    )
    with TemporaryDirectory() as parts:
        student.network.save_pretrained(parts)
        wrapped.save_pretrained(parts)
        body = Transformer(parts, max_seq_length=max_tokens)
    pooling = Pooling(student.token_vectors.shape[1], "mean")
    SentenceTransformer(modules=[body, pooling, Normalize()]).save(str(folder))
