from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import BadData
from rag.evaluation.compare import Change, compare, holm, swap_test
from rag.evaluation.intervals import Floats
from rag.evaluation.measures import MEASURES, Share
from rag.evaluation.results import Results


def table(parts: Sequence[float] | Floats) -> Floats:
    return np.column_stack([parts, np.ones(len(parts))])


def results(parts: Sequence[float], name: str = "A", measure: str = "Success@1") -> Results:
    """Results in which one measure has these parts and every other says nothing."""
    rest = dict.fromkeys((m.name for m in MEASURES), Share(0, 0))
    shares = {f"q{place}": {**rest, measure: Share(part, 1)} for place, part in enumerate(parts)}
    return Results(name, "0" * 64, {id_: f"p{id_}" for id_ in shares}, shares)


def only_change(before: Results, after: Results, tolerance: float = 0.01) -> Change:
    (change,) = compare(before, after, tolerance).changes
    return change


@pytest.mark.parametrize(
    ("better", "worse", "p"), [(5, 0, 2 / 32), (6, 0, 2 / 64), (5, 1, 14 / 64), (1, 1, 1)]
)
def test_hand_computed_p_values(better: int, worse: int, p: float) -> None:
    # The sign test: with equal steps, p is the chance of a split this uneven, twice.
    before, after = [0] * better + [1] * worse + [1] * 4, [1] * better + [0] * worse + [1] * 4
    assert swap_test(table(before), table(after)) == pytest.approx(p)


def test_equal_systems_have_a_p_of_one() -> None:
    same = table([0.2, 0.7, 1.0])
    assert swap_test(same, same) == 1


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8))
def test_few_pairs_are_tested_exactly(rows: list[tuple[float, float]]) -> None:
    before, after = (np.array(column) for column in zip(*rows, strict=True))
    change = after - before
    sums = [abs(np.dot(signs, change)) for signs in product((1, -1), repeat=len(change))]
    expected = np.mean([total >= abs(change.sum()) - 1e-12 * len(change) for total in sums])
    assert swap_test(table(before), table(after)) == pytest.approx(expected)


def test_many_pairs_agree_with_scipys_permutation_test() -> None:
    rng = np.random.default_rng(6)
    before = rng.random(40)
    after = before + rng.normal(0.04, 0.15, 40)
    theirs = scipy.stats.permutation_test(
        (after, before), lambda x, y, axis: np.mean(x - y, axis=axis), permutation_type="samples",
        n_resamples=20_000, vectorized=True, rng=1,
    )  # fmt: skip
    assert 0.01 < theirs.pvalue < 0.5
    assert swap_test(table(before), table(after)) == pytest.approx(theirs.pvalue, abs=0.01)


def test_swapping_carries_the_whole_of_a_share_with_it() -> None:
    # B shows one more relevant passage a pair and highlights the same share: nothing to tell apart.
    before, after = np.array([[1.0, 2.0]] * 6), np.array([[2.0, 4.0]] * 6)
    assert swap_test(before, after) == 1


def test_aa_simulation_finds_a_difference_in_about_5_percent() -> None:
    rng, trials = np.random.default_rng(20), 1000
    false_positives = 0
    for _ in range(trials):
        hardness = rng.random(30)  # both runs find the same pairs hard, as real ones do
        before, after = (np.clip(hardness + rng.normal(0, 0.2, 30), 0, 1) for _ in range(2))
        false_positives += swap_test(table(before), table(after)) < 0.05
    low, high = scipy.stats.binom.interval(0.99, trials, 0.05)
    assert low <= false_positives <= high


def test_a_real_difference_is_found() -> None:
    rng = np.random.default_rng(21)
    before = rng.random(60)
    assert swap_test(table(before), table(np.clip(before - 0.1, 0, 1))) < 0.001


def test_hand_computed_holm_correction() -> None:
    # Holm's own steps: 0.01 * 4, 0.02 * 3, 0.03 * 2 raised to the one before, 0.5 * 1
    assert holm([0.03, 0.01, 0.5, 0.02]) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm([0.6, 0.7]) == [1, 1]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_holm_never_lowers_a_p_value_nor_exceeds_bonferroni(p_values: list[float]) -> None:
    for p, corrected in zip(p_values, holm(p_values), strict=True):
        assert p <= corrected <= min(1, p * len(p_values)) + 1e-15


def test_a_clear_loss_beyond_tolerance_is_a_regression() -> None:
    change = only_change(results([1] * 40), results([0] * 15 + [1] * 25))
    assert change.regressed
    assert compare(results([1] * 40), results([0] * 15 + [1] * 25)).exit_code == 1


def test_a_clear_gain_is_no_regression() -> None:
    change = only_change(results([0] * 15 + [1] * 25), results([1] * 40))
    assert (change.regressed, change.p < 0.05) == (False, True)


def test_a_loss_that_chance_explains_is_no_regression() -> None:
    assert not only_change(results([1] * 40), results([0] * 3 + [1] * 37)).regressed


def test_a_sure_loss_within_tolerance_is_no_regression() -> None:
    before, after = results([1.0] * 40), results([0.99] * 40)
    assert only_change(before, after, 0.005).regressed
    assert not only_change(before, after, 0.01).regressed
    assert not only_change(before, after, 0.02).regressed


def test_more_refusals_of_answerable_questions_are_a_loss() -> None:
    few, many = (results([0] * (40 - n) + [1] * n, measure="Answerable refused") for n in (0, 20))
    assert only_change(few, many).regressed
    assert not only_change(many, few).regressed


def test_measures_that_nothing_counts_in_are_not_tested() -> None:
    assert [change.measure for change in compare(results([1]), results([0])).changes] == ["Success@1"]


def test_evaluations_of_different_questions_are_not_compared() -> None:
    with pytest.raises(BadData, match="not asked the same questions: q2"):
        compare(results([1, 1, 1]), results([1, 1]))


def test_a_question_that_moved_to_another_pair_is_told() -> None:
    before, after = results([1, 1]), results([1, 1])
    moved = replace(after, pairs={**after.pairs, "q1": "p0"})
    with pytest.raises(BadData, match=r": q1$"):
        compare(before, moved)


def test_both_languages_of_a_pair_are_swapped_together() -> None:
    apart = results([0] * 12), results([1] * 12)
    pairs = {f"q{n}": f"p{n // 2}" for n in range(12)}
    before, after = (replace(one, pairs=pairs) for one in apart)
    assert only_change(before, after).p == pytest.approx(2 / 2**6)
    assert only_change(*apart).p == pytest.approx(2 / 2**12)
