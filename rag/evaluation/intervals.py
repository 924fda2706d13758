"""Values with 95 % intervals, by resampling pairs of questions.

The English and the French question of one pair ask the same thing and fail together, so the
pair is what is drawn (a cluster bootstrap): drawing questions one by one would count the same
evidence twice and give intervals that are too narrow.
Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 8 and 13.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from rag.evaluation.measures import Share

Floats = npt.NDArray[np.float64]

SEED = 20_190_925  # any fixed number does: the day one of the seed articles was published
RESAMPLES = 10_000  # the ends of an interval then move by about 0.2 points between seeds
LEVEL = 0.95
TAILS = [100 * (1 - LEVEL) / 2, 100 * (1 + LEVEL) / 2]  # percentiles


@dataclass(frozen=True, slots=True)
class Value:
    """A measure over some questions.

    Attributes:
        value: 0 to 1; None where no question says anything.
        low: lower end of the 95 % interval.
        high: upper end.
        questions: how many questions count.
        pairs: how many pairs they belong to.

    """

    value: float | None
    low: float | None
    high: float | None
    questions: int
    pairs: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Two groups of questions over the same pairs: both values, and the interval of ours - theirs."""

    ours: float
    theirs: float
    low: float
    high: float
    pairs: int


NOTHING = Value(None, None, None, 0, 0)


def measure_value(shares: Sequence[tuple[str, Share]]) -> Value:
    """Return parts over wholes of (pair, share) entries, with its interval.

    The interval is the bootstrap's percentiles. Where every pair scores 0, or every pair 1, a
    bootstrap has nothing to vary: there the exact bound for n equal draws is given (a mean m of
    values in [0, 1] makes n ones with a chance of at most m to the n).
    """
    sums = by_pair(shares)
    if not sums:
        return NOTHING
    table = np.array(list(sums.values()), dtype=np.float64)
    value, count = float(table[:, 0].sum() / table[:, 1].sum()), len(table)
    if value in (0.0, 1.0):
        reach = (1 - LEVEL) ** (1 / count)
        low, high = (reach, 1.0) if value else (0.0, 1 - reach)
    else:
        low, high = np.percentile(_ratios(resamples(count), table), TAILS)
    return Value(value, float(low), float(high), sum(1 for _, share in shares if share.whole), count)


def by_pair(shares: Iterable[tuple[str, Share]]) -> dict[str, Share]:
    """Sum (pair, share) entries over each pair, sorted; entries with nothing to count are left out."""
    sums: dict[str, Share] = {}
    for pair, share in shares:
        if share.whole:
            before = sums.get(pair, Share(0, 0))
            sums[pair] = Share(before.part + share.part, before.whole + share.whole)
    return dict(sorted(sums.items()))  # the same resamples whatever the order of the questions


@lru_cache(maxsize=16)  # slices of one evaluation share a few sizes
def resamples(count: int, seed: int = SEED) -> Floats:
    """Return (RESAMPLES, count): how often each of `count` pairs is drawn in each resample."""
    return np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), RESAMPLES).astype(float)


def difference(ours: Mapping[str, Share], theirs: Mapping[str, Share]) -> Difference | None:
    """Compare two groups over the pairs that both hold; None where there is none.

    Args:
        ours: pair -> share, as `by_pair` gives them.
        theirs: the same for the other group.

    """
    pairs = sorted(ours.keys() & theirs.keys())
    if not pairs:
        return None
    left = np.array([ours[pair] for pair in pairs], dtype=np.float64)
    right = np.array([theirs[pair] for pair in pairs], dtype=np.float64)
    whole = np.ones((1, len(pairs)))
    ours_value, theirs_value = float(_ratios(whole, left)[0]), float(_ratios(whole, right)[0])
    draws = resamples(len(pairs))
    low, high = np.percentile(_ratios(draws, left) - _ratios(draws, right), TAILS)
    return Difference(ours_value, theirs_value, float(low), float(high), len(pairs))


def _ratios(draws: Floats, table: Floats) -> Floats:
    """Return parts over wholes of each draw: (draws, pairs) @ (pairs, 2) -> (draws,)."""
    summed: Floats = draws @ table
    return summed[:, 0] / summed[:, 1]
