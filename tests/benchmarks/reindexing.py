"""What a small change costs: the time of an index run after one article in a hundred has changed.

    python -m tests.benchmarks.reindexing [COPIES]

The articles are those of the evaluation, written COPIES times (10 by default), the words of every line in
another order each time, so that no passage is a copy of another.
"""

import os
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from embeddings import load_encoder
from rag.indexing import build_index
from rag.intake import take_in
from rag.report import Report
from rag.settings import Settings
from tests.corpora import write_corpus

CHANGED = 0.01


def main() -> None:
    """Print the seconds of the first run and of the second, and their ratio."""
    copies = int(sys.argv[1]) if sys.argv[1:] else 10
    os.environ.pop("IBID_DATA", None)
    with TemporaryDirectory() as name:
        folder = Path(name)
        articles, settings = folder / "articles", Settings(data=folder / "data")
        articles.mkdir()
        written = []
        draw = random.Random(20)
        for document in take_in(write_corpus(folder / "corpus")).documents:
            for copy in range(copies):
                path = articles / f"{copy}-{document.id}.txt"
                lines = [line.split(" ") for line in document.text.splitlines()]
                path.write_text("\n".join(" ".join(draw.sample(one, len(one))) for one in lines), "utf-8")
                written.append(path)
        first = timed(articles, settings)
        for path in written[:: round(1 / CHANGED)]:
            path.write_text(
                path.read_text("utf-8") + "\n\nLa préfecture a confirmé cette information lundi.\n", "utf-8"
            )
        second = timed(articles, settings)
    print(f"{first[1].passages:,} passages: {first[0]:.1f} s; {second[1].embedded} anew: {second[0]:.1f} s")
    print(f"ratio {second[0] / first[0]:.3f}")


def timed(articles: Path, settings: Settings) -> tuple[float, Report]:
    """Index and return the seconds and the report."""
    started = time.perf_counter()
    report = build_index([articles], settings, load_encoder())
    return time.perf_counter() - started, report


if __name__ == "__main__":
    main()
