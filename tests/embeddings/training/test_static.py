"""Static vectors bring a word and its translation together; the transplant follows them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from embeddings.training.export import shipped_static
from embeddings.training.settings import Settings
from embeddings.training.static import contrastive, text_vectors, train_static
from embeddings.training.transplant import count_uses, keeps_vector, neighbour_weights, transplant

WORDS = 40
SETTINGS = replace(Settings(), static_dimension=16, static_batch=64, static_passes=12, static_rate=5e-2)


@pytest.fixture(scope="module")
def cipher() -> np.ndarray:
    """Vectors learned from an invented language whose word n + 40 means the word n."""
    draw = np.random.default_rng(1)
    english = [draw.integers(0, WORDS, size=5).astype(np.int32) for _ in range(640)]
    french = [draw.permutation(text + WORDS).astype(np.int32) for text in english]
    return train_static(english, french, 2 * WORDS, SETTINGS, torch.device("cpu"))


def test_every_word_is_nearest_to_its_translation(cipher: np.ndarray) -> None:
    unit = cipher / np.linalg.norm(cipher, axis=1, keepdims=True)
    assert ((unit[WORDS:] @ unit[:WORDS].T).argmax(1) == np.arange(WORDS)).all()


def test_training_again_gives_the_same_vectors(cipher: np.ndarray) -> None:
    draw = np.random.default_rng(1)
    english = [draw.integers(0, WORDS, size=5).astype(np.int32) for _ in range(640)]
    french = [draw.permutation(text + WORDS).astype(np.int32) for text in english]
    again = train_static(english, french, 2 * WORDS, SETTINGS, torch.device("cpu"))
    np.testing.assert_allclose(again, cipher, atol=1e-4)


def test_contrast_of_orthogonal_pairs_is_the_known_value() -> None:
    loss = contrastive(torch.eye(4), torch.eye(4), temperature=1.0)
    assert loss.item() == pytest.approx(np.log(np.e + 3) - 1, abs=1e-6)


def test_a_text_is_the_unit_mean_and_an_empty_one_zero() -> None:
    table = np.array([[3.0, 0.0], [0.0, 3.0]], dtype=np.float32)
    vectors = text_vectors(table, [np.array([0, 1]), np.array([], dtype=np.int32)])
    np.testing.assert_allclose(vectors, [[0.5**0.5, 0.5**0.5], [0, 0]], rtol=1e-6)


def test_uses_are_counted_per_token() -> None:
    assert count_uses([np.array([1, 1]), np.array([3])], 5).tolist() == [0, 2, 0, 1, 0]


def test_french_use_overrides_what_the_teacher_knows() -> None:
    known = np.array([True, True, True, False])
    english, french = np.array([100, 1, 0, 50]), np.array([100, 100, 0, 0])
    assert keeps_vector(known, english, french).tolist() == [True, False, True, False]


def test_weights_are_a_softmax_of_the_nearest_cosines() -> None:
    static = np.array([[1, 0], [0, 1], [-1, 0], [0.6, 0.8]], dtype=np.float32)
    near, weight = neighbour_weights(static, np.array([3]), np.array([0, 1, 2]), count=2, temperature=0.1)
    expected = np.exp(np.array([0.8, 0.6]) / 0.1)
    order = np.argsort(near[0])[::-1]
    assert near[0][order].tolist() == [1, 0]
    np.testing.assert_allclose(weight[0][order], expected / expected.sum(), rtol=1e-5)


def test_kept_rows_stay_and_filled_rows_have_their_neighbours_length() -> None:
    source = np.array([[2, 0], [0, 4], [9, 9]], dtype=np.float32)
    static = np.array([[1, 0], [0, 1], [0, 1]], dtype=np.float32)
    kept = np.array([True, True, False])
    filled = transplant(source, static, kept, np.array([0, 1]), neighbours=1, temperature=0.05)
    np.testing.assert_allclose(filled, [[2, 0], [0, 4], [0, 4]], rtol=1e-6)


def test_shipped_vectors_keep_the_order_of_cosines(cipher: np.ndarray) -> None:
    shipped = shipped_static(cipher, 12).astype(np.float32)
    assert np.abs(shipped).max() <= 127
    np.testing.assert_allclose(np.linalg.norm(shipped, axis=1), 127, rtol=0.02)
    assert ((shipped[WORDS:] @ shipped[:WORDS].T).argmax(1) == np.arange(WORDS)).mean() > 0.95
