"""The same corpus and gold questions on a disk and in Milvus: how alike the answers are, and their time.

python -m tests.benchmarks.milvus
"""

import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from embeddings import load_encoder
from rag.evaluation.gold import load_gold
from rag.indexing import build_index
from rag.location import location_of
from rag.retriever import Retriever
from rag.settings import Settings
from tests.corpora import SEEDS, write_corpus
from tests.milvus.engine import running

K = 10


def main() -> None:
    """Print the share of the first ten that are the same, and the median time of a question."""
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as engine:
        folder = Path(name)
        paths = write_corpus(folder / "corpus")
        retrievers = []
        for place, address in (("on a disk", None), ("in Milvus", engine.address("corpus"))):
            settings = Settings(data=folder / "data" / place, index=address)
            started = perf_counter()
            report = build_index(paths, settings, encoder)
            print(f"{place}: {report.passages} passages indexed in {perf_counter() - started:.1f} s")
            retrievers.append(Retriever(location_of(settings).open(encoder), encoder))
        questions = [question.text for question in load_gold(SEEDS.parent / "gold.jsonl").questions]
        same = whole = 0
        seconds: list[tuple[float, ...]] = []
        for question in questions:
            found, times = zip(*(_asked(retriever, question) for retriever in retrievers), strict=True)
            same += len(found[0] & found[1])
            whole += len(found[0])
            seconds.append(times)
        print(f"{len(questions)} questions: {same / whole:.4f} of the first {K} are the same")
        disk, milvus = (1000 * median(times) for times in zip(*seconds, strict=True))
        print(f"median of a question {disk:.1f} ms on a disk, {milvus:.1f} ms in Milvus")


def _asked(retriever: Retriever, question: str) -> tuple[set[tuple[str, int]], float]:
    started = perf_counter()
    hits = retriever.ask(question, K).hits
    return {(hit.passage.document_id, hit.passage.span.start) for hit in hits}, perf_counter() - started


if __name__ == "__main__":
    main()
