"""How well the paragraphs of a page come back from wrapped lines: python tests/benchmarks/reflow.py

Every page of the development half is wrapped at several widths, as in a PDF, and put together again.
"""

import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from rag.formats import pdf  # noqa: E402
from rag.lines import TERMINAL  # noqa: E402
from tests.rag.labelled_pages import read_pages  # noqa: E402

WIDTHS = (45, 60, 75, 90)


def main() -> None:
    pages = [_paragraphs(page.text) for page in read_pages("dev")]
    print(f"{'full line':>10}{'widest':>8}{'joined rightly':>16}{'joined wrongly':>16}")
    for full in (0.5, 0.6, 0.7, 0.8, 0.9):
        for widest in (0.5, 0.9, 1.0):
            pdf.FULL_LINE, pdf.WIDEST = full, widest
            right, wrong = _joins(pages)
            print(f"{full:10}{widest:8}{right:16.3f}{wrong:16.3f}")


def _paragraphs(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _joins(pages: list[list[str]]) -> tuple[float, float]:
    """Return the share of line ends inside sentences that were joined, and of paragraph ends that were."""
    inside = ends = joined = lost = 0
    for paragraphs in pages:
        for width in WIDTHS:
            lines = [textwrap.wrap(one, width, break_on_hyphens=False) for one in paragraphs]
            text = pdf.reflow("\n".join(line for part in lines for line in part))
            place = 0
            for part in lines:
                for i, line in enumerate(part, start=1):
                    place += len(line) + 1
                    together = text[place - 1 : place] == " "
                    if i == len(part):
                        ends, lost = ends + 1, lost + together
                    elif not TERMINAL.search(line):
                        inside, joined = inside + 1, joined + together
    return joined / inside, lost / ends


if __name__ == "__main__":
    main()
