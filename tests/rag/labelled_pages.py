"""The pages labelled line by line, and how well a cleaner finds their bodies.

`pages/dev.jsonl` and `pages/test.jsonl` hold one invented page a line:
    name, split, manner (what the page is an example of), language,
    lines: [text, "body" | "boilerplate" | "blank", what follows it where that is not a line break]
Both halves hold pages of the same manners; the rules were tuned on dev alone. Lines about the article itself
(who wrote it, when it was published, how long it takes to read) count as boilerplate: they are metadata.
Sub-headings, captions, lists, tables and what a press release says about its issuer count as body.
`pages/articles.json` labels the articles of `seeds/articles` by line number, without copying them.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rag.cleaning import set_aside

HERE = Path(__file__).parent
ARTICLES = HERE.parents[1] / "seeds" / "articles"


@dataclass(frozen=True)
class Page:
    name: str
    manner: str
    language: str
    text: str
    body: frozenset[int]  # the code points of the body, white space left out
    rest: frozenset[int]  # the code points of everything else


@dataclass(frozen=True)
class Scores:
    precision: float
    recall: float
    worst_loss: float  # the largest share of its body that one page loses

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def body_loss(self) -> float:
        return 1 - self.recall


def read_pages(split: str) -> list[Page]:
    with (HERE / "pages" / f"{split}.jsonl").open(encoding="utf-8") as lines:
        return [_page(json.loads(line)) for line in lines]


def read_articles() -> list[Page]:
    labels = json.loads((HERE / "pages" / "articles.json").read_text("utf-8"))
    return [_article(name, set(map(int, aside))) for name, aside in labels.items()]


def measure(pages: Iterable[Page], keep: Callable[[Page], frozenset[int]]) -> Scores:
    """Score over all code points together; `keep` returns those it takes for the body."""
    kept_body = kept = body = 0
    worst = 0.0
    for page in pages:
        chosen = keep(page) & (page.body | page.rest)
        found = len(chosen & page.body)
        kept_body, kept, body = kept_body + found, kept + len(chosen), body + len(page.body)
        worst = max(worst, 1 - found / len(page.body)) if page.body else worst
    return Scores(kept_body / kept, kept_body / body, worst)


def _page(record: dict) -> Page:
    text = ""
    places: dict[str, set[int]] = {"body": set(), "boilerplate": set(), "blank": set()}
    for words, label, *follows in record["lines"]:
        places[label] |= _visible(words, len(text))
        text += words + (follows[0] if follows else "\n")
    return Page(
        record["name"],
        record["manner"],
        record["language"],
        text,
        frozenset(places["body"]),
        frozenset(places["boilerplate"]),
    )


def _article(name: str, aside: set[int]) -> Page:
    text = (ARTICLES / name).read_bytes().decode("utf-8")
    body: set[int] = set()
    rest: set[int] = set()
    start = 0
    for number, line in enumerate(text.split("\n")):
        (rest if number in aside else body).update(_visible(line, start))
        start += len(line) + 1
    return Page(name, "article", "fr", text, frozenset(body), frozenset(rest))


def _visible(words: str, start: int) -> set[int]:
    return {start + i for i, c in enumerate(words) if not c.isspace()}


def kept_by_us(page: Page) -> frozenset[int]:
    aside = {place for one in set_aside(page.text).set_aside for place in range(*one.span)}
    return frozenset(range(len(page.text))) - aside
