"""Rows laid end to end are those that ranges give one after the other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.ragged import rows_of, starts_of

STRETCHES = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 20)), max_size=20)


@given(STRETCHES)
def test_rows_are_those_of_the_ranges(stretches: list[tuple[int, int]]) -> None:
    firsts, counts = [first for first, _ in stretches], [count for _, count in stretches]
    expected = [row for first, count in stretches for row in range(first, first + count)]
    assert rows_of(firsts, counts).tolist() == expected


@given(st.lists(st.integers(0, 50), max_size=20))
def test_each_stretch_starts_where_the_one_before_ends(lengths: list[int]) -> None:
    assert starts_of(np.array(lengths, dtype=np.int64)).tolist() == [
        sum(lengths[:place]) for place in range(len(lengths))
    ]
