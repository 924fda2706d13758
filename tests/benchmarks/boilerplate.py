"""What setting boilerplate aside does to the answers: python tests/benchmarks/boilerplate.py

The development half of the gold set is asked twice: as usual, and with the lines set aside searched as well.
"""

import sys
import tempfile
from collections import defaultdict
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from embeddings import load_encoder  # noqa: E402
from rag.answer import Answer  # noqa: E402
from rag.evaluation.gold import load_gold  # noqa: E402
from rag.evaluation.measures import Shares, shares  # noqa: E402
from rag.evaluation.run import evaluate  # noqa: E402
from rag.indexing import build_index  # noqa: E402
from rag.retriever import Retriever  # noqa: E402
from rag.settings import Settings  # noqa: E402
from rag.snapshot import open_current  # noqa: E402


class Everything(Retriever):
    """Searches the lines set aside as well."""

    def ask(self, question: str, k: int = 5, *_: object, **__: object) -> Answer:
        return super().ask(question, k, include_boilerplate=True)


def main() -> None:
    encoder = load_encoder("bundled")
    with tempfile.TemporaryDirectory() as folder:
        build_index([ROOT / "seeds" / "articles"], Settings(data=Path(folder)), encoder)
        with closing(open_current(Path(folder), encoder)) as snapshot:
            texts = {document.id: document.text for document in snapshot.documents()}
            gold = load_gold(ROOT / "seeds" / "gold.jsonl", texts)
            for name, kind in (("set aside", Retriever), ("searched as well", Everything)):
                evaluation = evaluate(kind(snapshot, encoder), gold, "dev")
                print(name)
                for measure, value in _values(shares(evaluation.asked, evaluation.qrels)).items():
                    print(f"  {measure:24}{value:.3f}")


def _values(per_question: Shares) -> dict[str, float]:
    parts: dict[str, float] = defaultdict(float)
    wholes: dict[str, float] = defaultdict(float)
    for measures in per_question.values():
        for name, share in measures.items():
            parts[name] += share.part
            wholes[name] += share.whole
    return {name: parts[name] / whole for name, whole in wholes.items() if whole}


if __name__ == "__main__":
    main()
