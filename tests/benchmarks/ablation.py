"""What each part of retrieval is worth: Success@1, Success@5 and highlights without it, with 95 % intervals.

python -m tests.corpora DATA
python tests/benchmarks/ablation.py DATA [SPLIT]
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from embeddings import Encoder, Lexicon, Vectors, load_encoder
from rag.evaluation.gold import load_gold
from rag.evaluation.intervals import Value
from rag.evaluation.run import evaluate
from rag.evaluation.summary import summarise
from rag.fitted import Fitted, shipped_fitted
from rag.fusion import FusionWeights
from rag.retriever import Retriever
from rag.snapshot import Snapshot, open_current

GOLD = Path(__file__).parents[2] / "seeds" / "gold.jsonl"
MEASURES = ("Success@1", "Success@5", "MRR@10", "Highlight accuracy")


@dataclass(frozen=True)
class Monolingual:
    """The same encoder without its lexicon: words find themselves alone."""

    encoder: Encoder
    lexicon: Lexicon | None = None

    def encode_queries(self, texts: list[str]) -> Vectors:
        return self.encoder.encode_queries(texts)

    def __getattr__(self, name: str) -> object:
        return getattr(self.encoder, name)


def variants(snapshot: Snapshot, encoder: Encoder) -> Iterator[tuple[str, Retriever]]:
    """Yield each variant of retrieval with its name."""
    fitted = shipped_fitted()
    alone: Encoder = Monolingual(encoder)  # type: ignore[assignment]
    yield "words alone, no translation", Retriever(snapshot, alone, _weighted(fitted, 0, 0, 1))
    yield "words alone", Retriever(snapshot, encoder, _weighted(fitted, 0, 0, 1))
    yield "passage vectors alone", Retriever(snapshot, encoder, _weighted(fitted, 1, 0, 0))
    yield "hybrid, no translation", Retriever(snapshot, alone, _weighted(fitted, 1, 0, 1))
    yield "hybrid", Retriever(snapshot, encoder, _weighted(fitted, 1, 0, 1))
    yield "hybrid with the best sentence", Retriever(snapshot, encoder, fitted)


def _weighted(fitted: Fitted, cosine: float, sentence: float, words: float) -> Fitted:
    """Return the fitted numbers with each kind of evidence kept or left out."""
    ours = fitted.fusion
    parts = (ours.cosine * cosine, ours.sentence * sentence, ours.words * words)
    return replace(fitted, fusion=FusionWeights(*(part / sum(parts) for part in parts)))


def _cell(value: Value) -> str:
    return f"{value.value:.2f} [{value.low:.2f}, {value.high:.2f}]"


def main() -> None:
    """Print one row for each variant and language."""
    encoder = load_encoder()
    snapshot, gold = open_current(Path(sys.argv[1]), encoder), load_gold(GOLD)
    print(f"| retrieval | questions | {' | '.join(MEASURES)} |")
    print(f"|---|---|{'---|' * len(MEASURES)}")
    for name, retriever in variants(snapshot, encoder):
        slices = summarise(evaluate(retriever, gold, sys.argv[2] if sys.argv[2:] else "test")).slices
        for language, values in slices["language"].items():
            print(f"| {name} | {language} | {' | '.join(_cell(values[one]) for one in MEASURES)} |")


if __name__ == "__main__":
    main()
