"""The graph that is shipped gives what the student in torch gives, in float32 and in int8."""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig

from embeddings.loading import BUNDLED
from embeddings.onnx_encoder import OnnxEncoder
from embeddings.training.smoothing import largest_inputs, smoothing_factors
from embeddings.training.steps import student_tokens
from embeddings.training.student import Student
from embeddings.training.student_graph import export_graph, int8_rows

TOKENS = [[2, 9, 3], [2, 8, 7, 6, 5, 3], [2, 3], [2, *range(10, 40), 3]]
BATCHES = [(torch.tensor([ids]), torch.ones(1, len(ids), dtype=torch.int64)) for ids in TOKENS]


def random_student(vocabulary: int) -> Student:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
        max_position_embeddings=40,
        initializer_range=0.2,
    )
    made = Student(config).eval()
    with torch.no_grad():
        for name, values in made.named_parameters():
            if "bias" in name:  # BERT starts with biases of zero: a graph without them would pass
                values.normal_(std=0.1)
    return made


@pytest.fixture(scope="module")
def student() -> Student:
    return random_student(50)


@pytest.fixture(scope="module")
def expected(student: Student) -> np.ndarray:
    with torch.inference_mode():
        return np.concatenate([student(*batch).numpy() for batch in BATCHES])


def vectors(path: Path) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(path))
    return np.concatenate([session.run(["embedding"], {"input_ids": ids.numpy()})[0] for ids, _ in BATCHES])


def test_the_float_graph_is_the_student(tmp_path: Path, student: Student, expected: np.ndarray) -> None:
    export_graph(student, tmp_path / "model.onnx")
    np.testing.assert_allclose(vectors(tmp_path / "model.onnx"), expected, atol=1e-5)


def test_the_int8_graph_is_nearly_the_student(tmp_path: Path, student: Student, expected: np.ndarray) -> None:
    export_graph(student, tmp_path / "model.onnx", largest_inputs(student, BATCHES))
    found = vectors(tmp_path / "model.onnx")
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)
    assert (found * expected).sum(axis=1).min() > 0.98


def test_the_encoder_reads_what_is_exported(tmp_path: Path) -> None:
    student = random_student(40_000)
    (tmp_path / "tokenizer.json").symlink_to(BUNDLED / "tokenizer.json")
    (tmp_path / "config.json").write_text(json.dumps({"dimension": 64, "max_tokens": 40}))
    export_graph(student, tmp_path / "model.onnx")
    text = "Le Maroc et le Luxembourg ont signé un accord."
    (tokens,) = student_tokens(Tokenizer.from_file(str(BUNDLED / "tokenizer.json")), [text])
    with torch.inference_mode():
        expected = student(torch.tensor([tokens]), torch.ones(1, len(tokens))).numpy()
    np.testing.assert_allclose(OnnxEncoder(tmp_path).encode_passages([text]), expected, atol=1e-5)


def test_texts_of_one_length_can_share_a_batch(tmp_path: Path, student: Student) -> None:
    export_graph(student, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    ids = np.array([[2, 9, 3], [2, 8, 3]])
    alone = [session.run(None, {"input_ids": row[None]})[0][0] for row in ids]
    np.testing.assert_allclose(session.run(None, {"input_ids": ids})[0], alone, atol=1e-6)


def test_the_int8_graph_holds_no_large_float(tmp_path: Path, student: Student) -> None:
    export_graph(student, tmp_path / "model.onnx", largest_inputs(student, BATCHES))
    constants = onnx.load(tmp_path / "model.onnx").graph.initializer
    large = [one for one in constants if len(one.dims) == 2 and min(one.dims) > 1]
    of_type = {onnx.TensorProto.DataType.Name(one.data_type) for one in large if 40 not in one.dims}
    assert of_type == {"INT8"}


def test_weights_have_seven_bits(tmp_path: Path, student: Student) -> None:
    export_graph(student, tmp_path / "model.onnx", largest_inputs(student, BATCHES))
    model = onnx.load(tmp_path / "model.onnx")
    arrays = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type == "DynamicQuantizeMatMul"]
    assert len(products) == 2 * 4  # one for queries, keys and values together
    assert all(np.abs(arrays[node.input[1]].astype(int)).max() == 63 for node in products)


def test_int8_rows_are_within_half_a_step() -> None:
    table = torch.randn(20, 32)
    values, scale = int8_rows(table)
    assert values.dtype == torch.int8
    assert ((values.float() * scale - table).abs() <= scale / 2 + 1e-7).all()


def test_factors_make_loud_channels_quieter_and_leave_equal_ones_alone() -> None:
    factors = smoothing_factors(torch.tensor([1.0, 100.0, 1.0]), torch.ones(4, 3))
    assert factors[1] > factors[0] == factors[2] == 1
