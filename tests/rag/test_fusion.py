"""The fused score: the stated formula, within 0 and 1, never lower for more evidence."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.fusion import FusionWeights, Score, best_sentence

cosines = st.floats(-1, 1)
shares = st.floats(0, 1)
weightings = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(
    lambda cuts: FusionWeights(min(cuts), max(cuts) - min(cuts), 1 - max(cuts))
)


@given(cosines, shares, shares, weightings)
def test_the_score_is_the_weighted_sum_of_its_parts(
    cosine: float, sentence: float, words: float, weights: FusionWeights
) -> None:
    score = Score(cosine, sentence, words, weights)
    assert score.fused == (
        weights.cosine * max(cosine, 0) + weights.sentence * sentence + weights.words * words
    )
    assert score.fused == score.dense_share + score.sentence_share + score.lexical_share
    assert 0 <= score.fused <= 1 + 1e-9


@given(cosines, shares, shares, weightings, st.floats(0, 1))
def test_more_evidence_never_scores_less(
    cosine: float, sentence: float, words: float, weights: FusionWeights, more: float
) -> None:
    low = Score(cosine, sentence, words, weights).fused
    assert Score(cosine + more, sentence, words, weights).fused >= low
    assert Score(cosine, sentence + more, words, weights).fused >= low
    assert Score(cosine, sentence, words + more, weights).fused >= low


@given(st.lists(st.tuples(shares, st.booleans()), min_size=1), st.tuples(shares, st.booleans()))
def test_the_best_sentence_counts_and_another_one_never_takes_from_it(
    sentences: list[tuple[float, bool]], another: tuple[float, bool]
) -> None:
    def best(given: list[tuple[float, bool]]) -> float:
        words, expected = zip(*given, strict=True)
        return best_sentence(np.array(words, dtype=np.float32), np.array(expected))

    assert 0 <= best(sentences) == max(best([one]) for one in sentences) <= 1
    assert best([*sentences, another]) == max(best(sentences), best([another]))


def test_of_two_sentences_with_the_same_words_the_one_that_holds_what_is_asked_is_better() -> None:
    words = np.array([0.6, 0.6], dtype=np.float32)
    assert best_sentence(words, np.array([False, True])) > best_sentence(words, np.array([False, False]))
