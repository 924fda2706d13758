"""Dense search equals brute force in numpy: order, restriction and cosines."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import Vectors
from rag.vectors import PASSAGES, SCANNED, VectorIndex, halved, write_vectors
from rag.vocabulary import Vocabulary

COUNT, DIMENSION = 300, 24


def unit_vectors(count: int, seed: int) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


KEPT = unit_vectors(COUNT, 1).astype(np.float16)
PASSAGE_VECTORS = KEPT.astype(np.float32)
seeds = st.integers(0, 10_000)
depths = st.integers(1, COUNT + 50)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> VectorIndex:
    folder = tmp_path_factory.mktemp("vectors")
    write_vectors(folder, KEPT)
    return VectorIndex(folder)


def brute_force(query: Vectors, ordinals: list[int]) -> list[int]:
    cosines = PASSAGE_VECTORS.astype(np.float64) @ query.astype(np.float64)
    return sorted(ordinals, key=lambda ordinal: (-cosines[ordinal], ordinal))


@given(seeds, depths)
def test_search_finds_the_nearest_in_order(index: VectorIndex, seed: int, depth: int) -> None:
    (query,) = unit_vectors(1, seed)
    assert index.search(query, depth, range(COUNT)) == brute_force(query, list(range(COUNT)))[:depth]


@given(seeds, depths, st.integers(0, COUNT), st.integers(0, COUNT))
def test_search_stays_within_a_range(
    index: VectorIndex, seed: int, depth: int, start: int, stop: int
) -> None:
    (query,) = unit_vectors(1, seed)
    wanted = brute_force(query, list(range(start, stop)))[:depth]
    assert index.search(query, depth, range(start, stop)) == wanted


@given(seeds, depths, st.sets(st.integers(0, COUNT - 1)))
def test_search_stays_within_the_given_passages(
    index: VectorIndex, seed: int, depth: int, ordinals: set[int]
) -> None:
    (query,) = unit_vectors(1, seed)
    assert index.search(query, depth, sorted(ordinals)) == brute_force(query, sorted(ordinals))[:depth]


@given(seeds, st.lists(st.integers(0, COUNT - 1), min_size=1))
def test_cosines_are_inner_products(index: VectorIndex, seed: int, ordinals: list[int]) -> None:
    (query,) = unit_vectors(1, seed)
    expected = [float(np.dot(PASSAGE_VECTORS[o].astype(np.float64), query)) for o in ordinals]
    assert index.cosines(query, ordinals).tolist() == pytest.approx(expected, abs=1e-6)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[VectorIndex, Vectors]:
    """Return an index of more passages than are scanned, of 500 themes, and its vectors."""
    folder = tmp_path_factory.mktemp("large")
    draw = np.random.default_rng(3)
    count = SCANNED + 1
    moved = unit_vectors(500, 4)[draw.integers(0, 500, count)] + 0.1 * draw.standard_normal(
        (count, DIMENSION)
    )
    vectors = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float16)
    write_vectors(folder, vectors)
    return VectorIndex(folder), vectors.astype(np.float32)


def test_a_large_index_finds_nearly_all_of_the_nearest(large: tuple[VectorIndex, Vectors]) -> None:
    index, vectors = large
    found = 0
    for query in vectors[:: len(vectors) // 50][:50]:
        nearest = np.argsort(-(vectors @ query))[:10].tolist()
        found += len({*nearest} & {*index.search(query, 10, range(len(vectors)))})
    assert found >= 490


@pytest.mark.parametrize("step", [100, 1_000])
def test_a_large_index_misses_nothing_among_few(large: tuple[VectorIndex, Vectors], step: int) -> None:
    index, vectors = large
    few = range(0, len(vectors), step)
    for query in unit_vectors(10, 6):
        nearest = [few[row] for row in np.argsort(-(vectors[few] @ query))[:10]]
        assert {*index.search(query, 10, list(few))} == {*nearest}
        assert index.cosines(query, nearest).tolist() == pytest.approx((vectors[nearest] @ query).tolist())


def test_equal_vectors_are_each_found_once(tmp_path: Path) -> None:
    (one,) = unit_vectors(1, 5)
    write_vectors(tmp_path, np.tile(one, (20, 1)).astype(np.float16))
    found = VectorIndex(tmp_path).search(one, 7, range(20))
    assert len(set(found)) == 7


def test_the_stored_vectors_are_those_written(index: VectorIndex) -> None:
    basis = np.eye(DIMENSION, dtype=np.float32)
    columns = [index.cosines(axis, range(COUNT)) for axis in basis]
    np.testing.assert_array_equal(np.stack(columns, axis=1), PASSAGE_VECTORS)


@pytest.mark.parametrize("content", [b"", b"nothing of the kind"])
def test_a_file_that_is_no_index_is_an_error(tmp_path: Path, content: bytes) -> None:
    write_vectors(tmp_path, KEPT)
    (tmp_path / PASSAGES).write_bytes(content)
    with pytest.raises(ValueError, match=PASSAGES):
        VectorIndex(tmp_path)


def test_a_folder_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"passages\.faiss"):
        write_vectors(tmp_path / "nowhere", KEPT)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no list of threads")
@pytest.mark.parametrize("what", ["search", "cosines", "nearest", "likeness"])
def test_whichever_thread_asks_faiss_starts_no_others(index: VectorIndex, what: str) -> None:
    # More than faiss leaves to one thread.
    many = np.tile(PASSAGE_VECTORS, (20, 1))
    vocabulary = Vocabulary([str(term) for term in range(len(many))], halved(many))
    work: dict[str, Callable[[], object]] = {
        "search": lambda: index.search(many[0], 5, range(COUNT)),
        "cosines": lambda: index.cosines(many[0], [0] * len(many)),
        "nearest": lambda: vocabulary.nearest(many[0]),
        "likeness": lambda: vocabulary.likeness(np.arange(len(many), dtype=np.uint32), many[:3]),
    }
    with ThreadPoolExecutor(1) as thread:
        before = thread.submit(os.listdir, "/proc/self/task").result()
        thread.submit(work[what]).result()
        assert thread.submit(os.listdir, "/proc/self/task").result() == before
