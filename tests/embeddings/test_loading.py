"""From a name to an encoder: the bundled one, a folder, or what sentence-transformers knows."""

import subprocess
import sys
from pathlib import Path

import pytest

from embeddings import Encoder, ModelDamaged, ModelNotFound, load_encoder
from embeddings.loading import BUNDLED
from embeddings.onnx_encoder import OnnxEncoder

ROOT = Path(__file__).parents[2]


def test_the_default_is_the_bundled_model() -> None:
    encoder = load_encoder()
    assert isinstance(encoder, OnnxEncoder)
    assert encoder.name == "bundled"


def test_a_folder_with_an_onnx_model_needs_no_torch() -> None:
    encoder = load_encoder(str(BUNDLED))
    assert isinstance(encoder, OnnxEncoder)
    assert encoder.fingerprint == load_encoder().fingerprint


def test_a_broken_onnx_folder_is_not_tried_with_another_library(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"")
    with pytest.raises((ModelNotFound, ModelDamaged), match=str(tmp_path)):
        load_encoder(str(tmp_path))


CHECK = """
import sys
from embeddings import load_encoder
load_encoder().encode_queries(["Maroc"])
loaded = {name.partition(".")[0] for name in sys.modules}
print(*sorted(loaded & {"torch", "transformers", "sentence_transformers"}))
"""


def test_the_bundled_model_is_used_without_torch() -> None:
    done = subprocess.run([sys.executable, "-c", CHECK], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_every_encoder_fits_the_protocol(encoder: Encoder) -> None:
    assert isinstance(encoder, Encoder)
