"""The fused score: the stated formula, within 0 and 1, never lower for more evidence."""

from hypothesis import given
from hypothesis import strategies as st

from rag.fusion import FusionWeights, Score

cosines = st.floats(-1, 1)
shares = st.floats(0, 1)
weightings = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(
    lambda cuts: FusionWeights(min(cuts), max(cuts) - min(cuts), 1 - max(cuts))
)


@given(cosines, cosines, shares, weightings)
def test_the_score_is_the_weighted_sum_of_its_parts(
    cosine: float, sentence: float, words: float, weights: FusionWeights
) -> None:
    score = Score(cosine, sentence, words, weights)
    assert score.fused == (
        weights.cosine * max(cosine, 0) + weights.sentence * max(sentence, 0) + weights.words * words
    )
    assert score.fused == score.dense_share + score.sentence_share + score.lexical_share
    assert 0 <= score.fused <= 1 + 1e-9


@given(cosines, cosines, shares, weightings, st.floats(0, 1))
def test_more_evidence_never_scores_less(
    cosine: float, sentence: float, words: float, weights: FusionWeights, more: float
) -> None:
    low = Score(cosine, sentence, words, weights).fused
    assert Score(cosine + more, sentence, words, weights).fused >= low
    assert Score(cosine, sentence + more, words, weights).fused >= low
    assert Score(cosine, sentence, words + more, weights).fused >= low
