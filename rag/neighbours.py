"""Neighbours: what the other documents tell about the lines of one.

A line that an outlet repeats is its furniture, and a headline that is the title of another document is a link
to it. Titles and outlets show only in cleaned texts, so all are cleaned once without this evidence, and
those it touches once more with it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from pydantic import TypeAdapter

from rag.cleaning import (
    Cleaning,
    add_outside,
    label_lines,
    lines_of,
    normalise_line,
    repeated_lines,
    set_aside,
    short_lines,
)
from rag.copies import compared, stories_of
from rag.documents import Metadata
from rag.loaders import Loaded
from rag.memo import Recall, anew
from rag.metadata import read_metadata
from rag.progress import Progress, telling, untold
from rag.stated import merge


class Alone(NamedTuple):
    """What an article shows by itself.

    Attributes:
        cleaning: what was set aside of it.
        found: what it says about itself.
        lines: its `short_lines`.
        pieces: the lines that scraping had glued together, normalised, where they are not among those.

    """

    cleaning: Cleaning
    found: Metadata
    lines: frozenset[str]
    pieces: frozenset[str]


ALONE = TypeAdapter(Alone)
CLEANING = TypeAdapter(Cleaning)


def clean_together(
    articles: Sequence[Loaded],
    stated: Sequence[Metadata],
    progress: Progress = untold,
    recall: Recall = anew,
) -> list[Cleaning]:
    """Return the cleaning of each article, in the light of all; `stated` is what is known beforehand."""
    alone = [
        recall(ALONE, ["alone", one.text, repr(one.outside)], partial(_alone, one))
        for one in telling(articles, "cleaning", progress)
    ]
    known = [merge(given, one.found) for given, one in zip(stated, alone, strict=True)]
    # An article that many carry is one: what its copies share, its headline too, is no furniture.
    bodies = (compared(article.text, one.cleaning) for article, one in zip(articles, alone, strict=True))
    stories = stories_of(bodies)
    repeated = _repeated([one.lines for one in alone], [one.outlet for one in known], stories)
    titles, own = _titles(known, stories)
    cleanings = []
    for i, article in enumerate(telling(articles, "comparing", progress)):
        # A title that is stated is no furniture, however often the outlet used it; one found may be.
        title, lines_of_outlet = normalise_line(stated[i].title or ""), repeated[known[i].outlet]
        with _without(own[stories[i]], titles) as others, _without({title}, lines_of_outlet) as furniture:
            cleanings.append(_in_the_light(article, alone[i], others, furniture, recall))
    return cleanings


def _alone(article: Loaded) -> Alone:
    text, lines = article.text, lines_of(article.text)
    cleaning = add_outside(label_lines(text, lines), text, article.outside)
    whole = short_lines(text)
    pieces = frozenset(line.folded for line in lines) - whole
    return Alone(cleaning, read_metadata(text, cleaning.set_aside), whole, pieces)


def _in_the_light(
    article: Loaded, alone: Alone, others: Set[str], furniture: Set[str], recall: Recall
) -> Cleaning:
    """Return the cleaning of an article, given the titles of others and the furniture of its outlet."""
    if alone.lines.isdisjoint(others) and alone.lines.isdisjoint(furniture):
        return alone.cleaning
    text, outside = article.text, article.outside
    # Of all that is known this alone can touch it: so the same may be recalled in another company.
    titles, repeated = ((alone.lines | alone.pieces) & evidence for evidence in (others, furniture))
    return recall(
        CLEANING,
        ["in the light", text, repr(outside), repr(sorted(titles)), repr(sorted(repeated))],
        lambda: add_outside(set_aside(text, titles, repeated), text, outside),
    )


@contextmanager
def _without(some: Set[str], items: set[str]) -> Iterator[Set[str]]:
    """Lend a set without some of its items: a copy for each of many articles would take long."""
    held = items & some
    items -= held
    yield items
    items |= held


def _titles(known: Sequence[Metadata], stories: Sequence[int]) -> tuple[set[str], dict[int, set[str]]]:
    """Return all titles, and those under which each story appeared, normalised."""
    own: dict[int, set[str]] = defaultdict(set)
    for one, story in zip(known, stories, strict=True):
        own[story] |= {normalise_line(one.title)} if one.title else set()
    return set().union(*own.values()), own


def _repeated(
    lines: Sequence[frozenset[str]], outlets: Sequence[str | None], stories: Sequence[int]
) -> dict[str | None, set[str]]:
    """Return the lines repeated over the stories of an outlet; where it is not known, over all stories."""
    groups: dict[str | None, dict[int, frozenset[str]]] = defaultdict(dict)
    for outlet, own, story in zip(outlets, lines, stories, strict=True):
        for group in {None, outlet}:
            groups[group].setdefault(story, own)
    return {outlet: repeated_lines([*group.values()]) for outlet, group in groups.items()}
