"""Copies: articles that several outlets carry, or one outlet twice, word for word or nearly.

Two bodies are copies where the sets of their runs of five words are alike (resemblance; Broder, "On the
resemblance and containment of documents", 1997). Each article is compared with the originals found so far,
oldest first, and only with those it shares a rare run with: a pair above the threshold has one among its
rarest runs (prefix filter; Bayardo, Ma and Srikant, "Scaling up all pairs similarity search", WWW 2007), so
early in both that the rest may be alike (positional filter; Xiao et al., "Efficient similarity joins
for near duplicate detection", WWW 2008).
"""

import math
import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from textwrap import wrap

import numpy as np
import numpy.typing as npt

from rag.cleaning import Cleaning
from rag.documents import Document, text_digest

RUN = 5  # words
# The most alike of 94 pages that say different things ("first application", "renewal") resemble by 0.67.
# Copies of the development pages: with another headline and a credit 0.75 in the median, cut by a fifth 0.78,
# in other typography 1.00 (tests/benchmarks/copies.py). A pair missed shows a hit twice; one wrongly joined
# hides one.
THRESHOLD = 0.7
WORD = re.compile(r"\w+")
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd: no word of a run is lost in the mixing

Runs = npt.NDArray[np.uint64]
"""The distinct runs of words of a text, as sorted hashes."""
Met = defaultdict[int, list[tuple[int, int, int]]]
"""For a run, the originals with it among their rarest: how many of their runs follow, with it, and all."""


def link_copies(documents: Sequence[Document], bodies: Iterable[str]) -> tuple[Document, ...]:
    """Return the documents in their order, each copy with the id of its original.

    The original is the one published first, undated ones last; among equals the first in order.
    """
    runs = [runs_of(body) for body in bodies]
    order = sorted(range(len(runs)), key=lambda i: (documents[i].metadata.published_on or date.max, i))
    originals = _originals(runs, order)
    return tuple(
        replace(document, copy_of=documents[originals[i]].id) if i in originals else document
        for i, document in enumerate(documents)
    )


def stories_of(bodies: Iterable[str]) -> list[int]:
    """Return for each body the place of the first that says the same: its own, or that of an earlier one."""
    runs = [runs_of(body) for body in bodies]
    originals = _originals(runs, range(len(runs)))
    return [originals.get(place, place) for place in range(len(runs))]


def compared(text: str, cleaning: Cleaning) -> str:
    """Return what of a text is compared with others to find copies.

    Where the body is not known, two short articles under one long menu would look alike: only the very same
    text is a copy there.
    """
    # Cut into words of 32 bits, what `runs_of` keeps of a word.
    return " ".join(wrap(text_digest(text), 8)) if cleaning.uncertain else cleaning.body(text)


def runs_of(body: str) -> Runs:
    """Return the runs of words of a text; one shorter than a run is one run."""
    words = WORD.findall(unicodedata.normalize("NFC", body.casefold()))
    hashes = np.fromiter(map(zlib.crc32, map(str.encode, words)), np.uint64, len(words))
    length = min(RUN, len(words))
    mixed = np.zeros(max(len(words) - length + 1, 0) if words else 0, np.uint64)
    for i in range(length):
        mixed = mixed * MULTIPLIER + hashes[i : i + len(mixed)]
    mixed.sort()  # the last of equal ones is kept; `np.unique` hashes them before it sorts them
    runs: Runs = mixed[np.append(mixed[1:] != mixed[:-1], True)[: len(mixed)]]
    return runs


def resemblance(one: Runs, other: Runs) -> float:
    """Return the share of their runs that two texts have in common, 0 to 1 (Jaccard)."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    together = len(one) + len(other) - common
    return common / together if together else 0.0


def _originals(runs: Sequence[Runs], order: Sequence[int]) -> dict[int, int]:
    """Return for each copy its original, by place; an original is never itself a copy."""
    known, counts = np.unique(np.concatenate(runs), return_counts=True)
    shared, counts = known[counts > 1], counts[counts > 1]
    if not shared.size:
        return {}
    met: Met = defaultdict(list)
    originals = {}
    for i in order:
        prefix = _rarest(runs[i], shared, counts)
        alike = [(resemblance(runs[i], runs[j]), -j, j) for j in _candidates(prefix, len(runs[i]), met)]
        best, _, original = max(alike, default=(0.0, 0, i))
        if best >= THRESHOLD:
            originals[i] = original
        else:
            for place, run in prefix:
                met[run].append((i, len(runs[i]) - place, len(runs[i])))
    return originals


def _candidates(prefix: Sequence[tuple[int, int]], size: int, met: Met) -> Iterator[int]:
    """Yield the originals that an article of so many runs may be a copy of."""
    seen = set()
    for place, run in prefix:
        for original, left, its_size in met[run]:
            if original not in seen:
                # Both in one order, the first run in common: before it, nothing is.
                seen.add(original)
                common = min(size - place, left)
                if common / (size + its_size - common) >= THRESHOLD:
                    yield original


def _rarest(runs: Runs, shared: Runs, counts: npt.NDArray[np.intp]) -> list[tuple[int, int]]:
    """Return the rarest runs, one of which a copy must share, and their places; without those of one text.

    `shared` are the runs of several texts, and `counts` of how many.
    """
    enough = len(runs) - math.ceil(THRESHOLD * len(runs)) + 1
    found = np.searchsorted(shared, runs).clip(max=len(shared) - 1)
    ours = shared[found] == runs
    alone = len(runs) - int(np.count_nonzero(ours))  # rarer than any other
    rarest = np.argsort(counts[found[ours]], kind="stable")[: max(enough - alone, 0)]
    return [(alone + place, run) for place, run in enumerate(runs[ours][rarest].tolist())]
