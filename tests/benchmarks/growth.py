"""How one search grows with the number of passages: time, recall@10 against exact vectors, bytes.

    python -m tests.benchmarks.growth [LARGEST]

The vectors are synthetic: real ones of the evaluation's articles, each moved by noise whose spread is that of
the nearest neighbours among the real ones. They tell of time, bytes and rounding, not of quality.
"""

import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from embeddings import Vectors, load_encoder
from rag.evaluation.gold import load_gold
from rag.indexing import contents_of
from rag.intake import take_in
from rag.vectors import PASSAGES, VectorIndex, write_vectors
from tests.corpora import write_corpus

GOLD = Path(__file__).parents[2] / "seeds" / "gold.jsonl"
SIZES = (1_000, 10_000, 50_000, 100_000, 1_000_000)
DEPTH = 30
QUESTIONS = 50
REPEATS = 5
BATCH = 50_000


def real() -> tuple[Vectors, Vectors]:
    """Return the vectors of passages (n, d) and of questions (m, d)."""
    encoder = load_encoder()
    with TemporaryDirectory() as folder:
        contents = contents_of(take_in(write_corpus(Path(folder))).documents, 160)
    questions = [one.text for one in load_gold(GOLD).of_split("dev")][:QUESTIONS]
    return encoder.encode_passages(contents.texts), encoder.encode_queries(questions)


def grown(passages: Vectors, size: int, draw: np.random.Generator) -> Vectors:
    """Return `size` vectors like the given ones (n, d), unit norm."""
    nearest = np.partition(passages[:1_000] @ passages.T, -2, axis=1)[:, -2]
    spread = np.sqrt(2 * (1 - np.median(nearest)) / passages.shape[1])
    found = np.empty((size, passages.shape[1]), dtype=np.float32)
    for start in range(0, size, BATCH):
        rows = passages[draw.integers(0, len(passages), min(BATCH, size - start))]
        moved = rows + spread * draw.standard_normal(rows.shape, dtype=np.float32)
        found[start : start + len(rows)] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return found


def main() -> None:
    """Print one row for each size."""
    largest = int(sys.argv[1]) if sys.argv[1:] else SIZES[-1]
    passages, questions = real()
    print(f"{len(passages):,} real passages, {len(questions)} questions")
    print("| passages | ms a search, median [fastest, slowest] | recall@10 | MB |\n|---|---|---|---|")
    for size in (one for one in SIZES if one <= largest):
        with TemporaryDirectory() as name:
            row(Path(name), grown(passages, size, np.random.default_rng(20)), questions)


def row(folder: Path, vectors: Vectors, questions: Vectors) -> None:
    """Write, search and print one size."""
    write_vectors(folder, vectors.astype(np.float16))
    index, everything = VectorIndex(folder), range(len(vectors))
    times, same = [], 0
    for question in questions:
        best = min(_timed(index, question, everything) for _ in range(REPEATS))
        times.append(1_000 * best)
        exact: npt.NDArray[np.float32] = vectors @ question
        first = np.argpartition(-exact, 10)[:10]
        same += len(set(first.tolist()) & set(index.search(question, 10, everything)))
    size = (folder / PASSAGES).stat().st_size / 1e6
    spread = f"{median(times):.2f} [{min(times):.2f}, {max(times):.2f}]"
    print(f"| {len(vectors):,} | {spread} | {same / 10 / len(questions):.3f} | {size:.0f} |", flush=True)


def _timed(index: VectorIndex, question: Vectors, within: range) -> float:
    started = time.perf_counter()
    index.search(question, DEPTH, within)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
