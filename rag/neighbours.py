"""Neighbours: what the other documents tell about the lines of one.

A line that an outlet repeats is its furniture, and a headline that is the title of another document is a link
to it. Titles and outlets show only in cleaned texts, so all are cleaned once without this evidence, and
those it touches once more with it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager

from rag.cleaning import Cleaning, add_outside, normalise_line, repeated_lines, set_aside, short_lines
from rag.documents import Metadata
from rag.loaders import Loaded
from rag.metadata import read_metadata
from rag.progress import Progress, telling, untold
from rag.stated import merge


def clean_together(
    articles: Sequence[Loaded], stated: Sequence[Metadata], progress: Progress = untold
) -> list[Cleaning]:
    """Return the cleaning of each article, in the light of all; `stated` is what is known beforehand."""
    texts = [one.text for one in articles]
    alone = [
        add_outside(set_aside(one.text), one.text, one.outside)
        for one in telling(articles, "cleaning", progress)
    ]
    known = [
        merge(given, read_metadata(text, first.set_aside))
        for text, given, first in zip(texts, stated, alone, strict=True)
    ]
    lines = [short_lines(text) for text in texts]
    repeated = _repeated(lines, [one.outlet for one in known])
    own = [normalise_line(one.title) if one.title else "" for one in known]
    titles = set(filter(None, own))
    cleanings = []
    for i, text in enumerate(telling(texts, "comparing", progress)):
        # A title that is stated is no furniture, however often the outlet used it; one found may be.
        title, lines_of_outlet = normalise_line(stated[i].title or ""), repeated[known[i].outlet]
        with _without(own[i], titles) as others, _without(title, lines_of_outlet) as furniture:
            if lines[i].isdisjoint(others) and lines[i].isdisjoint(furniture):
                cleanings.append(alone[i])
            else:
                cleanings.append(add_outside(set_aside(text, others, furniture), text, articles[i].outside))
    return cleanings


@contextmanager
def _without(one: str, items: set[str]) -> Iterator[Set[str]]:
    """Lend a set without one of its items: a copy for each of many articles would take long."""
    held = one in items
    items.discard(one)
    yield items
    if held:
        items.add(one)


def _repeated(lines: Sequence[frozenset[str]], outlets: Sequence[str | None]) -> dict[str | None, set[str]]:
    """Return the repeated lines by outlet; where the outlet is not known, those of all documents."""
    groups: dict[str | None, list[frozenset[str]]] = defaultdict(list, {None: list(lines)})
    for outlet, own in zip(outlets, lines, strict=True):
        if outlet is not None:
            groups[outlet].append(own)
    return {outlet: repeated_lines(group) for outlet, group in groups.items()}
