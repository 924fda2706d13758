"""Embedding on a cluster, a real one of this machine alone: the same vectors, clear errors."""

import numpy as np
import pytest

from embeddings import Encoder, EncoderError
from embeddings.ray_encoder import AT_ONCE, RayEncoder
from tests.letters import LetterEncoder

MODEL = ("bundled", None, None)


def test_it_is_an_encoder_that_gives_the_same_vectors_in_the_same_order(encoder: Encoder) -> None:
    with RayEncoder(encoder, "local", MODEL) as spread:
        assert isinstance(spread, Encoder)
        for name in ("name", "fingerprint", "dimension", "languages", "prefixes", "lexicon"):
            assert getattr(spread, name) == getattr(encoder, name)
        for count in (0, 1, AT_ONCE, 2 * AT_ONCE + 1):
            texts = [f"Le Maroc signe {number} accords." for number in range(count)]
            np.testing.assert_array_equal(spread.encode_passages(texts), encoder.encode_passages(texts))
        np.testing.assert_array_equal(spread.encode_queries(texts[:2]), encoder.encode_queries(texts[:2]))


def test_machines_with_another_model_are_refused() -> None:
    with pytest.raises(EncoderError, match="not every machine"):
        RayEncoder(LetterEncoder(), "local", MODEL)


def test_no_cluster_is_told_with_the_remedy(encoder: Encoder) -> None:
    with pytest.raises(EncoderError, match=r"127\.0\.0\.1:9") as caught:
        RayEncoder(encoder, "127.0.0.1:9", MODEL)
    assert "IBID_RAY" in caught.value.remedy
