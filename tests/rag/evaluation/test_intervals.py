import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.intervals import NOTHING, by_pair, difference, measure_value
from rag.evaluation.measures import Share

SHARES = st.tuples(st.sampled_from("abcdef"), st.floats(0, 1).map(lambda part: Share(part, 1)))


def entries(*parts: float) -> list[tuple[str, Share]]:
    return [(f"p{place:03}", Share(part, 1)) for place, part in enumerate(parts)]


def test_the_value_is_parts_over_wholes() -> None:
    value = measure_value([("a", Share(1, 2)), ("a", Share(2, 2)), ("b", Share(0, 1)), ("c", Share(0, 0))])
    assert (value.value, value.questions, value.pairs) == (3 / 5, 3, 2)


def test_nothing_to_count_has_no_value() -> None:
    assert measure_value([]) == NOTHING
    assert measure_value([("a", Share(0, 0))]) == NOTHING


def test_the_interval_equals_scipys_percentile_bootstrap() -> None:
    sample = np.random.default_rng(7).random(50)
    ours = measure_value(entries(*sample))
    theirs = scipy.stats.bootstrap((sample,), np.mean, method="percentile", n_resamples=20_000, rng=1)
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.004)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.004)


def test_the_interval_is_the_same_every_time_and_in_every_order() -> None:
    sample = entries(*np.random.default_rng(3).random(20))
    first, second = measure_value(sample), measure_value(sample)
    assert first == second
    shuffled = measure_value(sample[::-1])
    assert (shuffled.low, shuffled.high) == pytest.approx((first.low, first.high))


def test_95_percent_intervals_hold_the_truth_about_95_times_in_100() -> None:
    rng, truth, trials = np.random.default_rng(11), 0.8, 300
    held = 0
    for _ in range(trials):
        value = measure_value(entries(*(rng.random(60) < truth).astype(float)))
        held += value.low is not None and value.high is not None and value.low <= truth <= value.high
    assert 0.90 <= held / trials <= 0.98


def test_two_questions_of_one_pair_are_not_two_pieces_of_evidence() -> None:
    outcomes = np.random.default_rng(5).integers(0, 2, 40).astype(float)
    once = measure_value(entries(*outcomes))
    twice = measure_value(entries(*outcomes) * 2)
    assert (twice.low, twice.high) == pytest.approx((once.low, once.high))
    as_if_apart = measure_value(entries(*outcomes, *outcomes))
    assert as_if_apart.high is not None
    assert as_if_apart.low is not None
    assert once.high is not None
    assert once.low is not None
    assert as_if_apart.high - as_if_apart.low < once.high - once.low


@pytest.mark.parametrize("count", [1, 10, 60])
def test_a_perfect_score_keeps_the_exact_doubt_of_its_size(count: int) -> None:
    perfect, none = measure_value(entries(*[1.0] * count)), measure_value(entries(*[0.0] * count))
    exact = scipy.stats.binomtest(count, count, alternative="greater").proportion_ci(0.95)
    assert perfect.low == pytest.approx(exact.low)
    assert none.high == pytest.approx(1 - exact.low)
    assert (perfect.value, perfect.high, none.value, none.low) == (1, 1, 0, 0)


@given(st.lists(SHARES, min_size=1))
def test_the_interval_lies_in_0_to_1_and_the_value_is_the_mean(shares: list[tuple[str, Share]]) -> None:
    value = measure_value(shares)
    assert value.value == pytest.approx(np.mean([share.part for _, share in shares]))
    assert value.low is not None
    assert value.high is not None
    assert 0 <= value.low <= value.high <= 1 + 1e-12


def test_a_difference_uses_only_the_pairs_both_hold() -> None:
    ours = by_pair([("a", Share(1, 1)), ("b", Share(1, 1)), ("c", Share(0, 1))])
    theirs = by_pair([("a", Share(0, 1)), ("b", Share(1, 1)), ("d", Share(0, 1))])
    both = difference(ours, theirs)
    assert both is not None
    assert (both.ours, both.theirs, both.pairs) == (1, 0.5, 2)
    assert both.low <= both.ours - both.theirs <= both.high
    assert difference(ours, {}) is None


def test_a_difference_of_pairs_that_move_together_is_sharper_than_of_pairs_that_do_not() -> None:
    rng = np.random.default_rng(2)
    scores = rng.random(60)
    ours = by_pair(entries(*scores))
    near = difference(ours, by_pair(entries(*(scores * 0.95))))
    apart = difference(ours, by_pair(entries(*rng.permutation(scores * 0.95))))
    assert near is not None
    assert apart is not None
    assert near.high - near.low < (apart.high - apart.low) / 4
