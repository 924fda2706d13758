"""The fused score: the stated formula, within 0 and 1, never lower for more evidence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fusion import LEXICAL_WEIGHT, Score, bm25_limit

cosines = st.floats(-1, 1)
shares = st.floats(0, 1)
bounds = st.floats(0.001, 200)


@given(cosines, shares, bounds)
def test_the_score_is_the_weighted_sum_of_cosine_and_share_of_the_bound(
    cosine: float, share: float, bound: float
) -> None:
    score = Score(cosine, share * bound, bound)
    expected = (1 - LEXICAL_WEIGHT) * max(cosine, 0) + LEXICAL_WEIGHT * share
    assert score.fused == pytest.approx(expected)
    assert score.fused == score.dense_share + score.lexical_share
    assert 0 <= score.fused <= 1 + 1e-9


@given(cosines, cosines, shares, shares)
def test_more_evidence_never_scores_less(
    cosine: float, other: float, share: float, other_share: float
) -> None:
    low = Score(min(cosine, other), min(share, other_share), 1)
    high = Score(max(cosine, other), max(share, other_share), 1)
    assert low.fused <= high.fused


@given(cosines)
def test_a_question_without_terms_is_ranked_by_meaning_alone(cosine: float) -> None:
    assert Score(cosine, 0, 0).fused == (1 - LEXICAL_WEIGHT) * max(cosine, 0)


@given(st.integers(1, 100_000), st.data())
def test_the_limit_of_bm25_is_positive_and_falls_with_frequency(passages: int, data: st.DataObject) -> None:
    frequency = data.draw(st.integers(0, passages - 1))
    assert bm25_limit(frequency, passages) > bm25_limit(frequency + 1, passages) > 0


def test_the_limit_of_bm25_by_hand() -> None:
    # One passage of two holds the term: idf = ln(1 + 1.5 / 1.5) = ln 2; k1 + 1 = 2.2.
    assert bm25_limit(1, 2) == pytest.approx(2.2 * math.log(2))
