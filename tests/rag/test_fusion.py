"""The fused score: the stated formula, within 0 and 1, never lower for more evidence."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.fusion import FusionWeights, Score, sentence_scores

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


sentences = st.tuples(shares, st.booleans(), st.integers(0, 200))


def best(given: list[tuple[float, bool, int]]) -> float:
    words, expected, lengths = zip(*given, strict=True)
    scores = sentence_scores(np.array(words, dtype=np.float32), np.array(expected), np.array(lengths))
    return float(scores.max())


@given(st.lists(sentences, min_size=1), sentences)
def test_the_best_sentence_counts_and_another_one_never_takes_from_it(
    given: list[tuple[float, bool, int]], another: tuple[float, bool, int]
) -> None:
    assert 0 <= best(given) == max(best([one]) for one in given) <= 1
    assert best([*given, another]) == max(best(given), best([another]))


def test_of_sentences_with_the_same_words_one_that_holds_what_is_asked_or_is_shorter_is_better() -> None:
    assert best([(0.6, True, 10)]) > best([(0.6, False, 10)]) > best([(0.6, False, 20)])
