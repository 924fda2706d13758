"""The student as an ONNX graph: token ids in, unit vectors out, for texts of one length at a time.

An exporter's graph quantises the same input anew for queries, keys and values, and works out masks and
shapes that texts of one length do not need: 285 operators after onnxruntime's own fusions, here 95.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import TensorProto
from torch import Tensor

from embeddings.training.graph import NONE, Graph
from embeddings.training.smoothing import smoothing_factors
from embeddings.training.student import Student

LARGEST = 127.0
# Seven bits: processors without VNNI add two products in 16 bits, which eight bits would overflow.
LARGEST_WEIGHT = 63.0


def export_graph(student: Student, path: Path, largest: Mapping[str, Tensor] | None = None) -> None:
    """Write the student as one ONNX file: `input_ids` (batch, sequence) to `embedding` (batch, dimension).

    In int8 with the ``largest`` inputs of its linear layers, which ``largest_inputs`` finds; else in float32.
    """
    written = StudentGraph(student, largest)
    written.graph.save(path, written.embedding(), student.token_vectors.shape[1])


def int8_rows(table: Tensor, largest: float = LARGEST) -> tuple[Tensor, Tensor]:
    """Quantise each row of ``table`` (rows, width) by itself: int8 values and float32 scales (rows, 1).

    One scale for the whole table lets its largest value decide for all rows.
    """
    scale = table.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / largest
    return torch.round(table / scale).to(torch.int8), scale


class StudentGraph:
    """The parts of the network; each method adds one to the graph and returns the name of its value."""

    def __init__(self, student: Student, largest: Mapping[str, Tensor] | None) -> None:
        """Take the weights of ``student``; ``largest`` as in ``export_graph``."""
        self.graph = Graph()
        self.config = student.network.config
        self.weights: Mapping[str, Tensor] = student.network.state_dict()
        self.largest = largest

    def embedding(self) -> str:
        """Add the whole network, mean pooling and unit length included."""
        states = self.embedded()
        for number in range(self.config.num_hidden_layers):
            states = self.layer(states, f"encoder.layer.{number}.")
        mean = self.graph.node("ReduceMean", states, axes=[1], keepdims=0)
        return self.graph.node("LpNormalization", mean, axis=-1, p=2)

    def embedded(self) -> str:
        """Add token vectors and positions."""
        positions = self.weights["embeddings.position_embeddings.weight"]
        segment = self.weights["embeddings.token_type_embeddings.weight"][0]  # a text is one segment
        length = self.graph.node("Shape", "input_ids", start=1, end=2)
        zero = self.graph.constant(np.array([0]))
        places = self.graph.node("Slice", self.constant(positions + segment), zero, length, zero)
        return self.residual(self.tokens(), places, "embeddings.LayerNorm")

    def tokens(self) -> str:
        """Look up the token vectors; in int8 each has a scale of its own."""
        table = self.weights["embeddings.word_embeddings.weight"]
        if self.largest is None:
            return self.graph.node("Gather", self.constant(table), "input_ids")
        values, scale = (
            self.graph.node("Gather", self.constant(part), "input_ids") for part in int8_rows(table)
        )
        return self.graph.node("Mul", self.graph.node("Cast", values, to=TensorProto.FLOAT), scale)

    def layer(self, states: str, name: str) -> str:
        """Add attention and the two dense layers, each with its residual and norm."""
        attended = self.dense(
            self.attention(states, f"{name}attention.self."), [f"{name}attention.output.dense"]
        )
        states = self.residual(attended, states, f"{name}attention.output.LayerNorm")
        inner = self.graph.node("Gelu", self.dense(states, [f"{name}intermediate.dense"], smooth=True))
        return self.residual(
            self.dense(inner, [f"{name}output.dense"], smooth=True), states, f"{name}output.LayerNorm"
        )

    def attention(self, states: str, name: str) -> str:
        """Add attention, its queries, keys and values made in one product."""
        parts = [f"{name}{part}" for part in ("query", "key", "value")]
        joined = self.dense(states, parts, smooth=True)
        sizes = self.graph.constant(np.array([self.config.hidden_size] * 3))
        split = self.graph.nodes("Split", (joined, sizes), 3, axis=-1)
        return self.graph.node("MultiHeadAttention", *split, num_heads=self.config.num_attention_heads)

    def dense(self, values: str, names: Sequence[str], smooth: bool = False) -> str:
        """Add the linear layers ``names``, which read the same ``values``, as one; ``smooth`` in int8."""
        weight, bias = (
            torch.cat([self.weights[f"{name}.{kind}"] for name in names]) for kind in ("weight", "bias")
        )
        if self.largest is None:
            product = self.graph.node("MatMul", values, self.constant(weight.T))
            return self.graph.node("Add", product, self.constant(bias))
        if smooth:
            factors = smoothing_factors(self.largest[names[0]], weight)
            values = self.graph.node("Mul", values, self.constant(1 / factors))
            weight = weight * factors
        rows, scale = int8_rows(weight, LARGEST_WEIGHT)
        parts = (self.constant(rows.T), self.constant(scale[:, 0]), NONE, self.constant(bias))
        return self.graph.node("DynamicQuantizeMatMul", values, *parts)

    def residual(self, values: str, states: str, name: str) -> str:
        """Add the sum of ``values`` and ``states`` under the layer norm ``name``."""
        total = self.graph.node("Add", values, states)
        parts = (self.constant(self.weights[f"{name}.{kind}"]) for kind in ("weight", "bias"))
        return self.graph.node("LayerNormalization", total, *parts, epsilon=self.config.layer_norm_eps)

    def constant(self, values: Tensor) -> str:
        """Add a tensor to the graph."""
        array: NDArray[np.generic] = values.detach().cpu().numpy()
        return self.graph.constant(array)
