"""Fit the weights of `rag.evidence` on the development half of the gold set.

Every answerable question is asked twice: over all articles, and over those that do not answer
it. The second time nothing answers it, so there is as much to refuse as to answer. Prints the
weights, the threshold, and what they give on both halves.

    ibid index seeds/articles --data FOLDER
    python tests/benchmarks/evidence.py FOLDER [MODEL]
"""

import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from embeddings import load_encoder
from rag.evaluation.gold import load_gold
from rag.evaluation.question import Question
from rag.evidence import Evidence
from rag.filters import Filters
from rag.retriever import Retriever
from rag.snapshot import open_current

GOLD = Path(__file__).parents[2] / "seeds" / "gold.jsonl"
# The share of answerable questions that may be refused on the half the threshold is chosen on.
REFUSED_AT_MOST = 0.04
LEFT_OUT = "answer left out"
# Keeps the weights small where examples are few.
RIDGE = 0.01
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A question asked: its evidence, whether it is answered, what kind of example it is."""

    evidence: Evidence
    answered: bool
    kind: str


def examples(retriever: Retriever, questions: list[Question]) -> Iterator[Example]:
    """Yield each question over all articles, and each answerable one without those that answer it."""
    documents = retriever.snapshot.documents(0, retriever.snapshot.manifest.counts.documents)
    for question in questions:
        kind = f"{'answerable' if question.answerable else question.kind}, {question.language}"
        for hit in retriever.ask(question.text, k=1).hits:
            yield Example(hit.evidence, question.answerable, kind)
        answering = {answer.document_id for answer in question.answers}
        others = tuple(one.id for one in documents if one.id not in answering)
        if answering and others:
            for hit in retriever.ask(question.text, k=1, filters=Filters(document_id=others)).hits:
                yield Example(hit.evidence, False, f"{LEFT_OUT}, {question.language}")


def fit(seen: list[Example]) -> Floats:
    """Return intercept and weights of the logistic regression.

    However many examples there are without an answer, they weigh as much as in the gold set:
    a confidence of 0.9 should be right nine times in ten over questions mixed like those.
    """
    x = np.array([(1.0, *astuple(one.evidence)) for one in seen])
    y = np.array([one.answered for one in seen])
    asked = np.array([not one.kind.startswith(LEFT_OUT) for one in seen])
    share = y[asked].mean()
    weight = np.where(y, share / y.sum(), (1 - share) / (~y).sum())

    def loss(parameters: Floats) -> float:
        z = x @ parameters
        likelihood = np.logaddexp(0, np.where(y, -z, z)) @ weight
        return float(likelihood + RIDGE / 100 * (parameters[1:] ** 2).sum())

    return np.asarray(minimize(loss, np.zeros(x.shape[1])).x)


def confidences(seen: list[Example], parameters: Floats) -> Floats:
    """Return the confidence of each example."""
    x = np.array([(1.0, *astuple(one.evidence)) for one in seen])
    return np.asarray(1 / (1 + np.exp(-x @ parameters)))


def refused(seen: list[Example], confidence: Floats, threshold: float) -> dict[str, str]:
    """Return the share refused of each kind of example."""
    kinds = sorted({one.kind for one in seen})
    chosen = {kind: np.array([one.kind == kind for one in seen]) for kind in kinds}
    return {k: f"{(confidence[rows] < threshold).mean():.3f} of {rows.sum()}" for k, rows in chosen.items()}


def main() -> None:
    """Fit on the development half, print for both."""
    encoder = load_encoder(*sys.argv[2:])
    retriever = Retriever(open_current(Path(sys.argv[1]), encoder), encoder)
    gold = load_gold(GOLD)
    halves = {split: list(examples(retriever, list(gold.of_split(split)))) for split in ("dev", "test")}
    parameters = fit(halves["dev"])
    names = ("intercept", *(field.name for field in fields(Evidence)))
    print({name: round(float(value), 2) for name, value in zip(names, parameters, strict=True)})
    confidence = confidences(halves["dev"], parameters)
    answered = np.array([one.answered for one in halves["dev"]])
    threshold = float(np.quantile(confidence[answered], REFUSED_AT_MOST))
    print(f"threshold {threshold:.3f}")
    for split, seen in halves.items():
        for kind, share in refused(seen, confidences(seen, parameters), threshold).items():
            print(f"{split:>5}  {kind:<28} refused {share}")


if __name__ == "__main__":
    main()
