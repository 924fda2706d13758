"""Compare cleaners on the labelled pages: python tests/benchmarks/cleaning.py

Needs `pip install -r tests/benchmarks/requirements.txt`. The other cleaners were made for HTML, so each line
is given to them as a paragraph. With `--clean FILE.jsonl` (records with a "text" without boilerplate) it
also shows which share of them our cleaning sets aside: all of it is loss.
"""

import argparse
import html
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import justext
from boilerpy3 import extractors

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from rag.cleaning import set_aside  # noqa: E402
from rag.lines import whole_lines  # noqa: E402
from rag.spans import Span  # noqa: E402
from tests.rag.labelled_pages import Page, kept_by_us, measure, read_articles, read_pages  # noqa: E402

COLUMNS = ("precision", "recall", "F1", "body loss", "worst page")
STOPLISTS = {"fr": "French", "en": "English", "es": "Spanish", "ar": "Arabic"}


def keep_everything(page: Page) -> frozenset[int]:
    return page.body | page.rest


def justext_default(page: Page) -> frozenset[int]:
    spans = list(_shown_lines(page))
    found = justext.justext(_as_html(page), justext.get_stoplist(STOPLISTS[page.language]))
    if len(found) != len(spans):
        raise RuntimeError(f"{page.name}: {len(spans)} lines became {len(found)} paragraphs")
    return _places(span for span, paragraph in zip(spans, found, strict=True) if not paragraph.is_boilerplate)


def boilerpy(extractor: extractors.Extractor) -> Callable[[Page], frozenset[int]]:
    def keep(page: Page) -> frozenset[int]:
        wanted = [_bare(line) for line in extractor.get_content(_as_html(page)).split("\n")]
        kept = []
        for span in _shown_lines(page):
            if wanted and _bare(span.slice(page.text)) == wanted[0]:
                kept.append(span)
                wanted.pop(0)
        if any(wanted):
            raise RuntimeError(f"{page.name}: {wanted[0]!r} is not a line of the page")
        return _places(iter(kept))

    return keep


CLEANERS: dict[str, Callable[[Page], frozenset[int]]] = {
    "keep everything": keep_everything,
    "jusText 3": justext_default,
    "boilerpy3 Default": boilerpy(extractors.DefaultExtractor()),
    "boilerpy3 Article": boilerpy(extractors.ArticleExtractor()),
    "boilerpy3 LargestContent": boilerpy(extractors.LargestContentExtractor()),
    "Ibid": kept_by_us,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare cleaners on the labelled pages.")
    parser.add_argument("--clean", type=Path, help="JSON lines whose texts hold no boilerplate")
    clean = parser.parse_args().clean
    splits = {"five articles": read_articles(), "dev": read_pages("dev"), "test": read_pages("test")}
    print(f"{'split':14}{'cleaner':26}" + "".join(f"{title:>11}" for title in COLUMNS))
    for split, pages in splits.items():
        for name, keep in CLEANERS.items():
            s = measure(pages, keep)
            figures = (s.precision, s.recall, s.f1, s.body_loss, s.worst_loss)
            print(f"{split:14}{name:26}" + "".join(f"{figure:11.3f}" for figure in figures))
    if clean:
        print(f"set aside in {clean.name}: {_loss(clean):.2%}")


def _loss(clean: Path) -> float:
    texts = [json.loads(line)["text"] for line in clean.read_text("utf-8").splitlines()]
    aside = sum(one.span.end - one.span.start for text in texts for one in set_aside(text).set_aside)
    return aside / sum(map(len, texts))


def _as_html(page: Page) -> str:
    lines = (span.slice(page.text) for span in _shown_lines(page))
    return "<html><body>" + "\n".join(f"<p>{html.escape(line)}</p>" for line in lines) + "</body></html>"


def _shown_lines(page: Page) -> Iterator[Span]:
    return (span for span in whole_lines(page.text) if not span.slice(page.text).isspace())


def _places(spans: Iterator[Span]) -> frozenset[int]:
    return frozenset(place for span in spans for place in range(*span))


def _bare(line: str) -> str:
    return "".join(line.split())


if __name__ == "__main__":
    main()
