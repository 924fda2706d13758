"""Is a sentence nearer to its translation than to a near miss of it?

    python tests/benchmarks/adversarial.py [MODEL ...]

A model is "bundled" (the default), a folder or a hub id. Shows, for each kind of near miss and each half, the
share of triples the model gets right; with --misses also every one it gets wrong.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from embeddings import EncoderError, load_encoder  # noqa: E402
from tests.embeddings.triples import Triple, margins, read_triples  # noqa: E402

SPLITS = ("dev", "test")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure models on adversarial triples.")
    parser.add_argument("models", nargs="*", default=["bundled"])
    parser.add_argument("--misses", action="store_true", help="list the triples that are wrong")
    arguments = parser.parse_args()
    triples = read_triples()
    for name in arguments.models:
        try:
            found = margins(load_encoder(name), triples)
        except EncoderError as error:
            sys.exit(f"{error}\n{error.remedy}")
        print_table(name, triples, (found > 0).tolist())
        if arguments.misses:
            print_misses(triples, found.tolist())


def print_table(name: str, triples: Sequence[Triple], right: Sequence[bool]) -> None:
    print(f"\n{name:16}{'triples':>8}" + "".join(f"{split:>8}" for split in (*SPLITS, "all")))
    for kind in (*dict.fromkeys(triple.kind for triple in triples), "all kinds"):
        of_kind = [
            (t.split, ok) for t, ok in zip(triples, right, strict=True) if kind in (t.kind, "all kinds")
        ]
        shares = [share(ok for half, ok in of_kind if half == split) for split in SPLITS]
        figures = "".join(f"{value:8.3f}" for value in (*shares, share(ok for _, ok in of_kind)))
        print(f"{kind:16}{len(of_kind):8}{figures}")


def share(right: Iterable[bool]) -> float:
    values = list(right)
    return sum(map(bool, values)) / len(values)


def print_misses(triples: Sequence[Triple], found: Sequence[float]) -> None:
    for triple, margin in zip(triples, found, strict=True):
        if not margin > 0:
            print(f"{triple.id:18}{margin:+.3f}  {triple.english} | {triple.french} | {triple.wrong_french}")


if __name__ == "__main__":
    main()
