"""Compare ways to make one score from the dense and the lexical one, on the development half.

All candidates of each question are scored anew from the parts in their explanation.

    ibid index seeds/articles --data FOLDER
    python tests/benchmarks/fusion.py FOLDER [MODEL]
"""

import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings import load_encoder
from rag.answer import Hit
from rag.evaluation.gold import load_gold
from rag.evaluation.question import Question
from rag.retriever import Retriever
from rag.snapshot import open_current

GOLD = Path(__file__).parents[2] / "seeds" / "gold.jsonl"
EVERY_CANDIDATE = 1_000
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Candidates:
    """The candidates of one question: cosine, BM25, its bound, and which of them answer."""

    language: str
    cosine: Floats
    bm25: Floats
    bound: Floats
    relevant: npt.NDArray[np.bool_]


def gather(retriever: Retriever, question: Question) -> Candidates:
    """Return all candidates of a question in reading order, so that equal scores stay in it."""
    hits = retriever.ask(question.text, EVERY_CANDIDATE).hits
    hits = tuple(sorted(hits, key=lambda hit: (hit.source, hit.passage.span)))
    lexical: list[dict[str, Any]] = [dict(hit.explanation.lexical) for hit in hits]
    return Candidates(
        question.language,
        np.array([hit.explanation.dense["cosine"] for hit in hits]),
        np.array([part["bm25"] for part in lexical]),
        np.array([part["bound"] or 1.0 for part in lexical]),
        np.array([answers(hit, question) for hit in hits]),
    )


def answers(hit: Hit, question: Question) -> bool:
    """Return whether a passage holds a whole answer."""
    span = hit.passage.span
    return any(
        answer.document_id == hit.passage.document_id
        and span.start <= answer.start
        and answer.end <= span.end
        for answer in question.answers
    )


def ranks(scores: Floats) -> Floats:
    """Return the rank of each score, from 1."""
    places = np.empty(len(scores))
    places[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return places


def reciprocal_ranks(k: int) -> Callable[[Candidates], Floats]:
    """Return reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)."""
    return lambda c: 1 / (k + ranks(c.cosine)) + np.where(c.bm25 > 0, 1 / (k + ranks(c.bm25)), 0)


def convex_over_best(weight: float) -> Callable[[Candidates], Floats]:
    """Return the convex combination with BM25 divided by that of the best candidate."""
    return lambda c: (1 - weight) * c.cosine + weight * c.bm25 / max(c.bm25.max(), 1e-9)


def convex_over_bound(weight: float) -> Callable[[Candidates], Floats]:
    """Return the convex combination of `rag.fusion`."""
    return lambda c: (1 - weight) * np.maximum(c.cosine, 0) + weight * c.bm25 / c.bound


def measure(asked: list[Candidates], fuse: Callable[[Candidates], Floats]) -> str:
    """Return Success@1, Success@5 and MRR of each language."""
    shares: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for one in asked:
        order = np.argsort(-fuse(one), kind="stable")
        first = int(np.argmax(one.relevant[order])) + 1 if one.relevant.any() else 0
        shares[one.language].append((first == 1, 0 < first <= 5, 1 / first if first else 0.0))
    means = {language: np.mean(rows, axis=0) for language, rows in sorted(shares.items())}
    return "   ".join(f"{language} " + " ".join(f"{x:.3f}" for x in mean) for language, mean in means.items())


def main() -> None:
    """Print one row for each formula."""
    encoder = load_encoder(*sys.argv[2:])
    retriever = Retriever(open_current(Path(sys.argv[1]), encoder), encoder)
    questions = [question for question in load_gold(GOLD).of_split("dev") if question.answerable]
    asked = [gather(retriever, question) for question in questions]
    formulas = {"dense alone": convex_over_bound(0.0), "lexical alone": convex_over_bound(1.0)}
    formulas |= {f"reciprocal ranks, k {k}": reciprocal_ranks(k) for k in (10, 60)}
    weights = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    formulas |= {f"convex over best, {weight}": convex_over_best(weight) for weight in weights}
    formulas |= {f"convex over bound, {weight}": convex_over_bound(weight) for weight in weights}
    print(f"{'Success@1, Success@5, MRR':<26}")
    for name, fuse in formulas.items():
        print(f"{name:<26} {measure(asked, fuse)}")


if __name__ == "__main__":
    main()
