"""An ONNX graph, written node by node."""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
IR_VERSION = 8
# Operators of onnxruntime itself: what they replace is a dozen standard ones each.
RUNTIME = "com.microsoft"
RUNTIME_OPERATORS = {"DynamicQuantizeMatMul", "Gelu", "MultiHeadAttention"}
NONE = ""  # how ONNX writes an optional input that is not given


class Graph:
    """Nodes and constants under construction; every method returns names of values."""

    def __init__(self) -> None:
        """Start without nodes."""
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, values: NDArray[np.generic]) -> str:
        """Add an array; return its name."""
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, operator: str, *inputs: str, **attributes: int | float | list[int]) -> str:
        """Add a node of one output; return the output's name."""
        return self.nodes(operator, inputs, 1, **attributes)[0]

    def nodes(
        self, operator: str, inputs: tuple[str, ...], outputs: int, **attributes: int | float | list[int]
    ) -> list[str]:
        """Add a node of several outputs; return their names."""
        names = [f"{operator}_{len(self._nodes)}_{place}" for place in range(outputs)]
        domain = RUNTIME if operator in RUNTIME_OPERATORS else ""
        made = helper.make_node(operator, inputs, names, domain=domain, **attributes)  # type: ignore[arg-type]
        self._nodes.append(made)
        return names

    def save(self, path: Path, embedding: str, dimension: int) -> None:
        """Check and write the graph from `input_ids` to the value ``embedding`` (batch, ``dimension``)."""
        self._nodes.append(helper.make_node("Identity", [embedding], ["embedding"]))
        ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "sequence"])
        rows = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", dimension])
        graph = helper.make_graph(self._nodes, "encoder", [ids], [rows], self._constants)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(RUNTIME, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
        onnx.checker.check_model(model)
        onnx.save(model, path)
