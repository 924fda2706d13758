"""Rows of uneven length laid end to end, as sentences of passages and terms of sentences are kept."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


def rows_of(firsts: Sequence[int] | Integers, counts: Sequence[int] | Integers) -> Integers:
    """Return every row of some stretches, one stretch after the other.

    Args:
        firsts: the first row of each stretch.
        counts: how many rows each has.

    """
    lengths = np.asarray(counts, dtype=np.int64)
    offsets = np.asarray(firsts, dtype=np.int64) - starts_of(lengths)
    rows: Integers = np.repeat(offsets, lengths) + np.arange(lengths.sum())
    return rows


def starts_of(lengths: Integers) -> Integers:
    """Return where each stretch begins when they stand end to end."""
    starts: Integers = np.cumsum(lengths) - lengths
    return starts
