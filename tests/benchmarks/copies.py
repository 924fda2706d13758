"""How alike copies and different articles are: python tests/benchmarks/copies.py [--other FILE.jsonl]

Each body of the development pages is changed as outlets change an agency's text; `--other` names records with
an "id" and a "text" of which no two are the same article.
"""

import argparse
import json
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from rag.copies import THRESHOLD, resemblance, runs_of  # noqa: E402
from tests.rag.labelled_pages import Page, read_pages  # noqa: E402

HEADLINE = "Un tout autre titre que celui de l'agence de presse"
CREDIT = "Avec AFP. Cet article a été publié par notre partenaire, sous licence."
MIN_WORDS = 60  # a brief of two sentences has no end to cut


def typography(words: list[str]) -> list[str]:
    return [word.upper().replace("’", "'").replace("«", '"').replace("»", '"') for word in words]


def retitled(words: list[str]) -> list[str]:
    return [*HEADLINE.split(), *words[8:], *CREDIT.split()]


def reworded(words: list[str], every: int) -> list[str]:
    return ["mot" if i % every == every - 1 else word for i, word in enumerate(words)]


CHANGES: dict[str, Callable[[list[str]], list[str]]] = {
    "other typography": typography,
    "other headline and a credit": retitled,
    "cut by a fifth": lambda words: words[: len(words) * 4 // 5],
    "cut by two fifths": lambda words: words[: len(words) * 3 // 5],
    "one word of 40 changed": lambda words: reworded(words, 40),
    "one word of 25 changed": lambda words: reworded(words, 25),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="How alike copies and different articles are.")
    parser.add_argument("--other", type=Path, help="JSON lines of articles of which no two are the same")
    other = parser.parse_args().other
    bodies = {page.name: _body(page) for page in read_pages("dev") if page.body}
    for name, change in CHANGES.items():
        likes = [
            resemblance(runs_of(body), runs_of(" ".join(change(body.split()))))
            for body in bodies.values()
            if len(body.split()) >= MIN_WORDS
        ]
        found = sum(like >= THRESHOLD for like in likes)
        print(f"{name:30}lowest {min(likes):.2f}  median {median(likes):.2f}  found {found} of {len(likes)}")
    _print_nearest("development pages", bodies)
    if other:
        records = map(json.loads, other.read_text("utf-8").splitlines())
        _print_nearest(other.name, {record["id"]: record["text"] for record in records})


def _print_nearest(name: str, texts: dict[str, str]) -> None:
    runs = {key: runs_of(text) for key, text in texts.items()}
    pairs = [(resemblance(runs[a], runs[b]), a, b) for a, b in combinations(runs, 2)]
    joined = sum(like >= THRESHOLD for like, _, _ in pairs)
    nearest = ", ".join(f"{like:.2f} ({a}, {b})" for like, a, b in sorted(pairs, reverse=True)[:3])
    print(f"{name}: {joined} of {len(pairs)} pairs taken for copies; nearest {nearest}")


def _body(page: Page) -> str:
    return "".join(c if i in page.body or c.isspace() else " " for i, c in enumerate(page.text))


if __name__ == "__main__":
    main()
