"""Word vectors of the bundled model: unit norm or zero, each word's its own, damaged files refused."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from embeddings import Encoder, Lexicon, ModelDamaged
from embeddings.lexicon import FILE
from embeddings.loading import BUNDLED
from tests.awkward import texts


@pytest.fixture(scope="module")
def lexicon(encoder: Encoder) -> Lexicon:
    assert encoder.lexicon is not None
    return encoder.lexicon


@settings(max_examples=30)
@given(st.lists(texts, max_size=4))
def test_any_words_have_unit_vectors_or_none(lexicon: Lexicon, words: list[str]) -> None:
    norms = np.linalg.norm(lexicon.vectors(words), axis=1)
    assert len(norms) == len(words)
    assert np.logical_or(np.isclose(norms, 1, atol=1e-4), norms == 0).all()


def test_a_word_has_the_same_vector_alone_and_among_others(lexicon: Lexicon) -> None:
    words = ["accord", "agreement", "Luxembourg", "", "2019"]
    alone = np.concatenate([lexicon.vectors([word]) for word in words])
    np.testing.assert_array_equal(lexicon.vectors(words), alone)
    assert lexicon.vectors([]).shape == (0, alone.shape[1])


WRONG = [b"", b"no array", b"\x93NUMPY\x01\x00"]


@pytest.mark.parametrize("content", WRONG)
def test_a_file_that_is_no_matrix_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(ModelDamaged, match=FILE):
        Lexicon(tmp_path / FILE, Tokenizer.from_file(str(BUNDLED / "tokenizer.json")), ["fr"])


@pytest.mark.parametrize(("rows", "kind"), [(3, np.int8), (0, np.float32)])
def test_a_matrix_that_does_not_fit_the_tokenizer_is_named(tmp_path: Path, rows: int, kind: type) -> None:
    tokenizer = Tokenizer.from_file(str(BUNDLED / "tokenizer.json"))
    np.save(tmp_path / FILE, np.zeros((rows or tokenizer.get_vocab_size(), 8), dtype=kind))
    with pytest.raises(ModelDamaged, match="one int8 row per token"):
        Lexicon(tmp_path / FILE, tokenizer, ["fr"])
