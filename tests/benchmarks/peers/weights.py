"""Ibid's weights for sentence-transformers, read back from the graph that is shipped.

    python -m tests.benchmarks.peers.weights FOLDER

The graph's constants stand in the order in which `embeddings.training.student_graph` wrote them.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from tokenizers import Tokenizer
from torch import Tensor

from embeddings.training.export import save_sentence_transformers
from embeddings.training.student import Student, start_from
from embeddings.training.teacher import MAX_TOKENS, load_teacher

BUNDLED = Path(__file__).parents[3] / "embeddings" / "bundled"


def student(graph: Path) -> Student:
    """Return the network that the int8 graph approximates, its integers times their scales."""
    constants = (
        torch.from_numpy(numpy_helper.to_array(one).copy()) for one in onnx.load(graph).graph.initializer
    )
    next(constants)  # a zero
    positions, values, scales = (next(constants) for _ in range(3))
    teacher, _ = load_teacher()
    made = start_from(teacher, values.float() * scales)
    weights = made.network.state_dict()
    segments = weights["embeddings.token_type_embeddings.weight"]
    weights["embeddings.position_embeddings.weight"] = positions - segments[0]
    weights |= _norm("embeddings.LayerNorm", constants)
    for number in range(made.network.config.num_hidden_layers):
        weights |= dict(_layer(f"encoder.layer.{number}.", constants))
    made.network.load_state_dict(weights)
    return made.eval()


def _layer(name: str, constants: Iterator[Tensor]) -> Iterator[tuple[str, Tensor]]:
    weight, bias = _dense(constants, smooth=True)
    next(constants)  # the sizes of queries, keys and values
    for part, own, shift in zip(("query", "key", "value"), weight.chunk(3), bias.chunk(3), strict=True):
        yield f"{name}attention.self.{part}.weight", own
        yield f"{name}attention.self.{part}.bias", shift
    parts = (("attention.output.dense", False), ("intermediate.dense", True), ("output.dense", True))
    for part, smooth in parts:
        weight, bias = _dense(constants, smooth)
        yield f"{name}{part}.weight", weight
        yield f"{name}{part}.bias", bias
        if part != "intermediate.dense":
            norm = f"{name}{part.removesuffix('dense')}LayerNorm"
            yield from _norm(norm, constants).items()


def _dense(constants: Iterator[Tensor], smooth: bool) -> tuple[Tensor, Tensor]:
    """Return weight (outputs, inputs) and bias of the next linear layer."""
    inverse = next(constants) if smooth else None
    rows, scale, bias = (next(constants) for _ in range(3))
    weight = rows.T.float() * scale[:, None]
    return (weight if inverse is None else weight * inverse), bias


def _norm(name: str, constants: Iterator[Tensor]) -> dict[str, Tensor]:
    return {f"{name}.weight": next(constants), f"{name}.bias": next(constants)}


if __name__ == "__main__":
    tokenizer = Tokenizer.from_file(str(BUNDLED / "tokenizer.json"))
    save_sentence_transformers(student(BUNDLED / "model.onnx"), tokenizer, MAX_TOKENS, Path(sys.argv[1]))
