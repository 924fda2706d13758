"""Token vectors for the bilingual vocabulary, taken from the teacher's through the static space.

After WECHSEL (Minixhofer, Paischer and Rekabsaz 2022) and MonoTrans (Artetxe, Ruder and Yogatama 2020): a
piece that the teacher uses in English keeps its vector, every other piece gets a weighted mean of its nearest
English pieces'.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Counts = NDArray[np.int64]

# A piece whose uses are English in less than this share is a French one, even where the teacher has it
# ("est", "les").
ENGLISH_SHARE = 0.05
# Fewer uses than this leave a static vector near its random start.
FEWEST_USES = 5
BLOCK = 2_048


def count_uses(bags: Sequence[NDArray[np.int32]], vocabulary: int) -> Counts:
    """Count how often each token occurs; shape (vocabulary,)."""
    return np.bincount(np.concatenate(bags), minlength=vocabulary).astype(np.int64)


def keeps_vector(known: NDArray[np.bool_], english: Counts, french: Counts) -> NDArray[np.bool_]:
    """Tell which pieces keep the teacher's vector: ``known`` to it, and by their uses not French."""
    uses = english + french
    is_french = (uses >= FEWEST_USES) & (english < ENGLISH_SHARE * uses)
    return known & ~is_french


def unit(vectors: Vectors) -> Vectors:
    """Scale each row to unit length."""
    scaled: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return scaled


def neighbour_weights(
    static: Vectors, rows: NDArray[np.intp], anchors: NDArray[np.intp], count: int, temperature: float
) -> tuple[NDArray[np.intp], Vectors]:
    """Return the ``count`` nearest ``anchors`` of each row and their softmax weights, (rows, count)."""
    points = unit(static)
    scores = points[rows] @ points[anchors].T
    nearest = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    cosine = np.take_along_axis(scores, nearest, axis=1)
    weight = np.exp((cosine - cosine.max(1, keepdims=True)) / temperature)
    return anchors[nearest], (weight / weight.sum(1, keepdims=True)).astype(np.float32)


def transplant(
    source: Vectors,
    static: Vectors,
    kept: NDArray[np.bool_],
    anchors: NDArray[np.intp],
    neighbours: int,
    temperature: float,
) -> Vectors:
    """Fill the rows of ``source`` (vocabulary, width) that are not ``kept`` from their nearest ``anchors``.

    ``source`` holds the teacher's vectors where it knows the piece. A mean of vectors is shorter than they
    are, so it is scaled to the mean length of those it was made of.
    """
    filled = source.copy()
    lengths = np.linalg.norm(source, axis=1)
    missing = np.flatnonzero(~kept)
    for start in range(0, len(missing), BLOCK):
        rows = missing[start : start + BLOCK]
        near, weight = neighbour_weights(static, rows, anchors, neighbours, temperature)
        mean = np.einsum("rn,rnd->rd", weight, source[near])
        filled[rows] = unit(mean) * (weight * lengths[near]).sum(1, keepdims=True)
    return filled
