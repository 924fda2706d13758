from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.calibration import area_under_risk, calibration_error, reliability, risk_coverage

CASES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1)


def test_hand_computed_calibration_error() -> None:
    # 0.05 to 0.15 twice promised 0.1 kept 0.5; 0.92 promised, kept: (2 * 0.4 + 1 * 0.08) / 3
    bins = reliability([0.1, 0.1, 0.92], [True, False, True])
    assert [(b.low, b.high, b.questions) for b in bins] == [(0.1, 0.2, 2), (0.9, 1.0, 1)]
    assert calibration_error(bins) == pytest.approx((2 * 0.4 + 0.08) / 3)


def test_a_promise_kept_as_often_as_promised_has_no_error() -> None:
    bins = reliability(
        [0.75] * 4 + [0.0] * 3 + [1.0] * 2, [True, True, True, False, *[False] * 3, True, True]
    )
    assert calibration_error(bins) == pytest.approx(0)


def test_full_confidence_belongs_to_the_last_bin() -> None:
    assert [(b.low, b.high) for b in reliability([1.0], [True])] == [(0.9, 1.0)]


@given(CASES)
def test_the_bins_hold_every_question_once(cases: list[tuple[float, bool]]) -> None:
    confidence, right = zip(*cases, strict=True)
    bins = reliability(confidence, right)
    assert sum(b.questions for b in bins) == len(cases)
    assert sum(b.questions * b.accuracy for b in bins) == pytest.approx(sum(right))
    assert all(b.low - 1e-9 <= b.confidence <= b.high + 1e-9 for b in bins)
    assert 0 <= calibration_error(bins) <= 1


def test_hand_computed_risk_and_coverage() -> None:
    curve = risk_coverage([0.9, 0.8, 0.8, 0.1], [True, False, True, False])
    assert [(p.coverage, p.risk, p.confidence) for p in curve] == [
        (0.25, 0.0, 0.9),
        (0.75, pytest.approx(1 / 3), 0.8),
        (1.0, 0.5, 0.1),
    ]


def test_hand_computed_area_under_risk() -> None:
    assert area_under_risk([0.9, 0.6, 0.3], [True, False, True]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), min_size=1, max_size=6))
def test_among_ties_the_area_is_the_mean_over_every_order(cases: list[tuple[float, bool]]) -> None:
    areas = []
    for order in permutations(cases):
        ordered = sorted(order, key=lambda case: -case[0])
        wrong = np.cumsum([not right for _, right in ordered])
        areas.append(np.mean(wrong / np.arange(1, len(wrong) + 1)))
    confidence, right = zip(*cases, strict=True)
    assert area_under_risk(confidence, right) == pytest.approx(np.mean(areas))


@given(CASES)
def test_the_curve_ends_where_everything_is_answered(cases: list[tuple[float, bool]]) -> None:
    confidence, right = zip(*cases, strict=True)
    curve = risk_coverage(confidence, right)
    assert (curve[-1].coverage, curve[-1].confidence) == (1, min(confidence))
    assert curve[-1].risk == pytest.approx(1 - sum(right) / len(right))
    for point in curve:
        answered = [kept for value, kept in cases if value >= point.confidence]
        assert point.coverage == pytest.approx(len(answered) / len(cases))
        assert point.risk == pytest.approx(1 - sum(answered) / len(answered))


@given(st.lists(st.booleans(), min_size=1, max_size=12, unique=False))
def test_no_order_beats_knowing_which_answers_are_right(right: list[bool]) -> None:
    best = area_under_risk([float(kept) + place / 100 for place, kept in enumerate(right)], right)
    by_place = area_under_risk([1 - place / 100 for place in range(len(right))], right)
    assert best <= by_place + 1e-12


def test_no_question_at_all_is_no_error() -> None:
    assert (reliability([], []), calibration_error([]), risk_coverage([], []), area_under_risk([], [])) == (
        [], 0.0, [], 0.0,
    )  # fmt: skip
