"""The model that comes with Ibid: its golden vectors, its size, its two languages."""

import json

import numpy as np

from embeddings import Encoder
from embeddings.loading import BUNDLED

# Cosine; int8 products are rounded differently by processors without VNNI.
TOLERANCE = 0.99
LARGEST = 35_000_000  # bytes of all files together


def test_the_vectors_are_the_golden_ones(encoder: Encoder) -> None:
    sentences = json.loads((BUNDLED / "golden.json").read_text("utf-8"))
    golden = np.load(BUNDLED / "golden.npy", allow_pickle=False)
    assert len(sentences) == 20
    cosines = np.sum(encoder.encode_passages(sentences) * golden, axis=1)
    assert cosines.min() > TOLERANCE


def test_a_sentence_is_nearest_to_its_translation(encoder: Encoder) -> None:
    french = ["Le ministre a signé un accord.", "La réunion a eu lieu à Lisbonne.", "Le chômage baisse."]
    english = ["The minister signed an agreement.", "The meeting was in Lisbon.", "Unemployment is falling."]
    cosines = encoder.encode_passages(french) @ encoder.encode_passages(english).T
    assert cosines.argmax(axis=1).tolist() == [0, 1, 2]


def test_it_is_small_and_says_what_it_is(encoder: Encoder) -> None:
    assert sum(path.stat().st_size for path in BUNDLED.iterdir()) <= LARGEST
    assert set(encoder.languages) == {"fr", "en"}
    assert encoder.name == "bundled"
    assert "licence" in (BUNDLED / "README.md").read_text("utf-8")
