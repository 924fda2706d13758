"""Whether one evaluation is better or worse than another, and whether chance explains it.

Paired randomisation test: if the two systems were the same, swapping their scores on any pair
of questions would change nothing. The observed difference is compared with those of random
swaps; both languages of a pair are swapped together. Testing several measures at once is paid
for by Holm's correction.
Sources: Smucker, Allan and Carterette, A Comparison of Statistical Significance Tests for
Information Retrieval Evaluation (CIKM 2007); Holm, Scandinavian Journal of Statistics (1979);
Phipson and Smyth, Permutation P-values Should Never Be Zero (2010).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rag.errors import BadData
from rag.evaluation.intervals import SEED, Floats, by_pair
from rag.evaluation.measures import MEASURES, Measure, Share
from rag.evaluation.results import Results

SIGNIFICANCE = 0.05
TOLERANCE = 0.01  # one point: a smaller loss is not worth stopping for
SWAPS = 10_000  # a p-value near 0.05 is then exact to about 0.004
EXACT_UP_TO = 13  # differing pairs: all 2^13 swaps are fewer than SWAPS, so all are tried
ROUNDING = 1e-12  # differences closer than this are equal: sums of floats in another order


@dataclass(frozen=True, slots=True)
class Change:
    """One measure in both evaluations.

    Attributes:
        measure: its name.
        before: value in A.
        after: value in B.
        p: of the randomisation test, two-sided.
        p_corrected: after Holm's correction.
        regressed: worse by more than the tolerance, and not by chance.

    """

    measure: str
    before: float
    after: float
    p: float
    p_corrected: float
    regressed: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Evaluation A against evaluation B, one entry for each measure both have."""

    before: str
    after: str
    same_gold: bool
    changes: tuple[Change, ...]

    @property
    def exit_code(self) -> int:
        """Return 1 where any measure regressed, 0 otherwise."""
        return int(any(change.regressed for change in self.changes))


def compare(before: Results, after: Results, tolerance: float = TOLERANCE) -> Comparison:
    """Compare two evaluations of the same questions.

    Args:
        before: A, the one to hold against.
        after: B.
        tolerance: how much worse B may be, 0 to 1, however sure the loss is.

    Raises:
        BadData: they were not asked the same questions.

    """
    if before.pairs != after.pairs:
        differing = sorted(before.pairs.items() ^ after.pairs.items())
        names = ", ".join(dict.fromkeys(question_id for question_id, _ in differing))
        problem = f"{before.name} and {after.name} were not asked the same questions: {names[:300]}"
        raise BadData(problem, "evaluate both again on one gold set and one split")
    tables = {m: _tables(m, before, after) for m in MEASURES}
    measured = {m: both for m, both in tables.items() if all(len(t) and t[:, 1].sum() for t in both)}
    p_values = [swap_test(*both) for both in measured.values()]
    changes = tuple(
        _change(measure, both, p, corrected, tolerance)
        for (measure, both), p, corrected in zip(measured.items(), p_values, holm(p_values), strict=True)
    )
    return Comparison(before.name, after.name, before.gold == after.gold, changes)


def swap_test(before: Floats, after: Floats) -> float:
    """Return the two-sided p-value of a paired randomisation test.

    Args:
        before: (pairs, 2) parts and wholes of A; the value is the sum of parts over that of wholes.
        after: (pairs, 2) the same for B.

    """
    change = after - before
    change = change[np.any(change != 0, axis=1)]
    count = len(change)
    swapped = (_all_swaps(count) if count <= EXACT_UP_TO else _random_swaps(count)) @ change
    differences = _value(after.sum(axis=0) - swapped) - _value(before.sum(axis=0) + swapped)
    observed = abs(_value(after.sum(axis=0)) - _value(before.sum(axis=0)))
    extreme = int((np.abs(differences) >= observed - ROUNDING).sum())
    # Where all swaps are tried the observed one is among them; random ones must have it added.
    return extreme / len(swapped) if count <= EXACT_UP_TO else (extreme + 1) / (SWAPS + 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for testing all of them, in the same order."""
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, p_values[place] * (len(p_values) - rank)))
        corrected[place] = largest
    return corrected


def _tables(measure: Measure, before: Results, after: Results) -> tuple[Floats, Floats]:
    """Return (pairs, 2) parts and wholes of A and of B, over the pairs that count in either."""
    sums = [
        by_pair((results.pairs[id_], results.shares[id_][measure.name]) for id_ in results.pairs)
        for results in (before, after)
    ]
    pairs = sorted(sums[0].keys() | sums[1].keys())
    first, second = (np.array([s.get(pair, Share(0, 0)) for pair in pairs], dtype=np.float64) for s in sums)
    return first, second


def _change(
    measure: Measure, both: tuple[Floats, Floats], p: float, corrected: float, tolerance: float
) -> Change:
    before, after = (float(_value(table.sum(axis=0))) for table in both)
    loss = before - after if measure.higher_is_better else after - before
    regressed = loss > tolerance + ROUNDING and corrected < SIGNIFICANCE
    return Change(measure.name, before, after, p, corrected, regressed)


def _value(sums: Floats) -> Floats:
    """Return parts over wholes along the last axis; 0 where swapping left nothing to count."""
    parts, wholes = sums[..., 0], sums[..., 1]
    value: Floats = np.divide(parts, wholes, out=np.zeros_like(parts), where=wholes > 0)
    return value


def _all_swaps(count: int) -> Floats:
    """Return (2^count, count) of 0 and 1: every way of swapping."""
    return ((np.arange(2**count)[:, None] >> np.arange(count)) & 1).astype(np.float64)


@lru_cache(maxsize=16)  # the measures of one comparison share a few sizes
def _random_swaps(count: int) -> Floats:
    """Return (SWAPS, count) of 0 and 1 with equal chance."""
    return np.random.default_rng(SEED).integers(0, 2, (SWAPS, count)).astype(np.float64)
