"""From the trained student to an int8 ONNX graph, static vectors, a sentence-transformers folder."""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn

from embeddings.training.pooling import unit_mean
from embeddings.training.student import Student

OPSET = 17
LARGEST = 127.0


def int8_rows(table: Tensor) -> tuple[Tensor, Tensor]:
    """Quantise each row of ``table`` (rows, width) by itself: int8 values and float32 scales (rows, 1).

    One scale for the whole table, as ``quantize_dynamic`` would use, lets its largest value decide for all
    rows.
    """
    scale = table.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / LARGEST
    return torch.round(table / scale).to(torch.int8), scale


class Shipped(nn.Module):
    """The graph that is exported: int8 token table, transformer, pooling and unit length in one."""

    values: Tensor
    scale: Tensor

    def __init__(self, student: Student, quantised: bool) -> None:
        """Take the student's weights; ``quantised`` stores its token table as int8."""
        super().__init__()
        self.network = student.network
        table = student.token_vectors.detach()
        values, scale = int8_rows(table) if quantised else (table, torch.ones(len(table), 1))
        self.register_buffer("values", values)
        self.register_buffer("scale", scale)
        self.network.embeddings.word_embeddings = nn.Embedding(1, table.shape[1])

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Embed ids and mask, int64 (batch, sequence), as (batch, 384) float32 rows of unit norm."""
        tokens = self.values[input_ids].float() * self.scale[input_ids]
        states = self.network(inputs_embeds=tokens, attention_mask=attention_mask).last_hidden_state
        return unit_mean(states, attention_mask)


def export_graph(student: Student, path: Path, quantised: bool) -> None:
    """Write the student as one ONNX file; ``quantised`` also turns the transformer's weights into int8."""
    graph = Shipped(student, quantised).eval()
    ids = torch.tensor([[2, 5, 6, 3], [2, 7, 3, 0]])
    axes = {0: "batch", 1: "sequence"}
    target = path.with_suffix(".fp32.onnx") if quantised else path
    torch.onnx.export(
        graph,
        (ids, (ids > 0).long()),
        str(target),
        input_names=["input_ids", "attention_mask"],
        output_names=["embedding"],
        dynamic_axes={"input_ids": axes, "attention_mask": axes, "embedding": {0: "batch"}},
        opset_version=OPSET,
        dynamo=False,
    )
    if quantised:
        quantise(target, path)
        target.unlink()


def quantise(source: Path, target: Path) -> None:
    """Turn the weights of matrix products into int8, one scale per channel.

    Seven bits: processors without VNNI add two products in 16 bits, which eight bits would overflow.
    """
    logging.getLogger().setLevel(logging.ERROR)
    quantize_dynamic(
        source,
        target,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
    )


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
