"""Dense search: inner products with passage vectors, with faiss.

All vectors have unit norm, so an inner product is a cosine. They are kept in half precision, where a cosine
is right to the third digit at least: half the bytes, and over 100,000 passages a search takes 3.0 ms instead
of 6.2, with 998 of 1,000 places among the first ten the same. More passages than `SCANNED` are kept in lists
of neighbours, of which a search reads those nearest to the question: `tests/benchmarks/growth.py`.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from embeddings import Halves, Vectors

PASSAGES = "passages.faiss"

# Up to this many passages a search of all takes 1.5 ms at most, and finds what there is.
SCANNED = 50_000
# Of the 256 lists of 100,000 passages these hold 99 of 100 places among the first ten, of a million more.
PROBED = 32
TRAINED_ON = 64  # passages a list: more move its centre no further
BATCH = 10_000
HALF = faiss.ScalarQuantizer.QT_fp16


def stay_on_this_thread() -> None:
    """Keep faiss from starting threads for what this thread asks of it.

    OpenMP keeps the number for each thread apart, so that every thread has to say so. On two threads a
    search is no faster, and both go on spinning for a while: two workers answered a third of the questions.
    """
    faiss.omp_set_num_threads(1)


stay_on_this_thread()


def write_vectors(folder: Path, passages: Halves) -> None:
    """Write passage vectors (n, d).

    Raises:
        OSError: a file cannot be written.

    """
    write_index(halved(passages) if len(passages) <= SCANNED else _in_lists(passages), folder / PASSAGES)


def halved(vectors: Vectors | Halves) -> Any:  # noqa: ANN401 - faiss has no types
    """Return an index of vectors (n, d) that a search reads one by one, in half precision."""
    index = faiss.IndexScalarQuantizer(vectors.shape[1], HALF, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors[:1].astype(np.float32))  # there is nothing to learn
    _add(index, vectors)
    return index


def halves(index: Any) -> Halves:  # noqa: ANN401
    """Return the vectors of a `halved` index, (n, d), as they lie: faiss takes three times as long."""
    codes = faiss.rev_swig_ptr(index.codes.data(), index.ntotal * index.code_size)
    found: Halves = codes.view(np.float16).reshape(index.ntotal, index.d)
    return found


def write_index(index: Any, path: Path) -> None:  # noqa: ANN401
    """Write an index to a file. Raises OSError where that cannot be."""
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:  # how faiss reports a full disk
        raise OSError(f"{path}: {error}") from None


def read_index(path: Path) -> Any:  # noqa: ANN401
    """Open a file that holds an index, memory-mapped. Raises ValueError where it holds none."""
    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise ValueError(f"{path}: {error}") from None


def _in_lists(vectors: Halves) -> Any:  # noqa: ANN401
    count, dimension = vectors.shape
    lists = _lists_of(count)
    centres = faiss.IndexFlatIP(dimension)
    index = faiss.IndexIVFScalarQuantizer(centres, dimension, lists, HALF, faiss.METRIC_INNER_PRODUCT, False)
    index.train(vectors[:: max(1, count // (TRAINED_ON * lists))].astype(np.float32))
    _add(index, vectors)
    return index


def _add(index: Any, vectors: Vectors | Halves) -> None:  # noqa: ANN401
    # A batch at a time, for faiss makes single precision of what it is given.
    for at in range(0, len(vectors), BATCH):
        index.add(vectors[at : at + BATCH])


def _lists_of(count: int) -> int:
    """Return the power of two nearest to the square root: as many lists as passages in one."""
    return int(2 ** round(math.log2(max(count, 1)) / 2))


class VectorIndex:
    """The passage vectors of a snapshot, memory-mapped.

    Raises:
        ValueError: a file is not what its name says.

    """

    def __init__(self, folder: Path) -> None:
        found = read_index(folder / PASSAGES)
        self._in_lists = isinstance(found, faiss.IndexIVF)
        if self._in_lists:
            found.make_direct_map()  # by which a passage's vector is found in its list
        self._passages = found

    def search(self, query: Vectors, depth: int, within: Sequence[int] | range) -> list[int]:
        """Return the ordinals of the `depth` nearest passages to one query (d,), best first.

        `within` restricts the passages: a range, or sorted ordinals.
        """
        if not len(within):
            return []
        stay_on_this_thread()
        selector = (
            faiss.IDSelectorRange(within.start, within.stop)
            if isinstance(within, range)
            else faiss.IDSelectorBatch(np.asarray(within, dtype=np.int64))
        )
        parameters: Any = faiss.SearchParametersIVF() if self._in_lists else faiss.SearchParameters()
        parameters.sel = selector
        if self._in_lists:
            # The fewer passages of a list count, the more lists are read, in the end all of them.
            parameters.nprobe = math.ceil(PROBED * self._passages.ntotal / len(within))
        _, ordinals = self._passages.search(query[None, :], min(depth, len(within)), params=parameters)
        return [int(ordinal) for ordinal in ordinals[0] if ordinal >= 0]

    def cosines(self, query: Vectors, ordinals: Sequence[int]) -> npt.NDArray[np.float32]:
        """Return the cosine of the query (d,) with each of these passages."""
        stay_on_this_thread()
        vectors = self._passages.reconstruct_batch(np.asarray(ordinals, dtype=np.int64))
        # In double precision, or equal passages would differ in the last digit by their place.
        exact = vectors.astype(np.float64) @ query.astype(np.float64)
        return np.asarray(exact, dtype=np.float32)
