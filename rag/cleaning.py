"""Cleaning: telling the body of an article from what a page puts around it.

Nothing is deleted: the lines that are not the article are listed with a reason. They are set aside on
evidence only, a phrase of the lexicon, a row of headlines, a line known from other documents; a page that
shows none loses nothing. Lines are judged by shallow features and their neighbours, as in Kohlschütter,
Fankhauser and Nejdl, "Boilerplate detection using shallow text features", WSDM 2010; the body is the run of
lines with the largest sum of scores (Bentley, "Programming Pearls", 1984).
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from rag.body import bridge, find_body, label
from rag.cues import OTHER_HEADLINE, REPEATED_LINE, TICKER, Cue, Lexicon, load_lexicon
from rag.documents import SetAside
from rag.lines import LINE_BREAK, MAX_FOLDED, Line, cut_lines, normalise_line
from rag.spans import Span

__all__ = ["Cleaning", "add_outside", "normalise_line", "repeated_lines", "set_aside", "short_lines"]

MIN_REPEATS = 3  # documents: a line seen twice may be a quotation
REPEATED_SHARE = 0.005  # of the documents of one outlet
OUTSIDE = "outside-main-text"  # of a page, as its tags tell
COPY_SHARE = 0.5  # of a text: where more of it is repeated, it is itself a copy of other documents
MIN_BODY = 150  # code points of body under which a page with cues is doubtful
MIN_BODY_SHARE = 0.05  # of the text; a ticker may be twenty times as long as a brief, hardly more
MIN_TITLE_WORDS = 6  # a shorter title of another document may be a sub-heading of this one


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What was set aside, in order and without overlaps; `uncertain` when all was kept for want of a body."""

    set_aside: tuple[SetAside, ...] = ()
    uncertain: bool = False

    def body(self, text: str) -> str:
        """Return what stays of a text: for comparison, never for storing."""
        starts = [0, *(label.span.end for label in self.set_aside)]
        ends = [*(label.span.start for label in self.set_aside), len(text)]
        return "".join(text[start:end] for start, end in zip(starts, ends, strict=True))


def set_aside(text: str, titles: Set[str] = frozenset(), repeated: Set[str] = frozenset()) -> Cleaning:
    """Return the lines of a text that are not the article's body.

    Args:
        text: the text as stored; offsets count its code points.
        titles: titles of the other documents, as `normalise_line` returns them.
        repeated: lines repeated over the outlet's documents, as `repeated_lines` returns them.

    """
    return label_lines(text, lines_of(text), titles, repeated)


def lines_of(text: str) -> list[Line]:
    """Return the lines of a text that are judged."""
    return cut_lines(text, load_lexicon().glued)


def label_lines(
    text: str, lines: Sequence[Line], titles: Set[str] = frozenset(), repeated: Set[str] = frozenset()
) -> Cleaning:
    """Do as `set_aside` for a text whose `lines_of` are known."""
    cues = _cues(lines, load_lexicon(), titles, _unless_copy(lines, repeated))
    body = find_body(lines, cues)
    if body is None:
        return Cleaning(uncertain=any(cues))
    reasons = label(lines, cues, body)
    aside = tuple(SetAside(line.span, why) for line, why in zip(lines, reasons, strict=True) if why)
    kept = sum(len(line.text) for line, why in zip(lines, reasons, strict=True) if not why)
    if aside and kept < max(MIN_BODY, MIN_BODY_SHARE * len(text)):
        return Cleaning(uncertain=True)
    return Cleaning(aside)


def add_outside(cleaning: Cleaning, text: str, outside: Sequence[Span]) -> Cleaning:
    """Return a cleaning with what the format of the file shows not to be the article; labels found stand."""
    if not outside:
        return cleaning
    labels = list(cleaning.set_aside)
    spans = [one.span for one in labels]
    ends = [span.end for span in spans]
    for span in outside:
        within = spans[bisect_right(ends, span.start) : bisect_right(ends, span.end)]
        edges = [Span(span.start, span.start), *within, Span(span.end, span.end)]
        gaps = (Span(one.end, other.start) for one, other in pairwise(edges) if one.end < other.start)
        labels += [SetAside(gap, OUTSIDE) for gap in gaps if gap.slice(text).strip()]
    return Cleaning(tuple(sorted(labels, key=lambda one: one.span.start)))


def short_lines(text: str) -> frozenset[str]:
    """Return the lines of a text that may be headlines or furniture, normalised."""
    lines = {normalise_line(line) for line in LINE_BREAK.split(text) if len(line) <= MAX_FOLDED}
    return frozenset(line for line in lines if any(map(str.isalpha, line)))


def repeated_lines(documents: Sequence[frozenset[str]]) -> set[str]:
    """Return the lines that stand in many of an outlet's documents, each given by its `short_lines`."""
    counts = Counter(line for lines in documents for line in lines)
    least = max(MIN_REPEATS, math.ceil(REPEATED_SHARE * len(documents)))
    return {line for line, count in counts.items() if count >= least}


def _cues(lines: Sequence[Line], lexicon: Lexicon, titles: Set[str], repeated: Set[str]) -> list[Cue | None]:
    cues: list[Cue | None] = []
    for line in lines:
        if line.ticker:
            cues.append(TICKER)
        elif line.folded in titles and line.words >= MIN_TITLE_WORDS:
            cues.append(OTHER_HEADLINE)
        else:
            cues.append(lexicon.find(line) or (REPEATED_LINE if line.folded in repeated else None))
    return bridge(lines, cues)


def _unless_copy(lines: Sequence[Line], repeated: Set[str]) -> Set[str]:
    """Return the repeated lines, or none where the text is itself one of several copies."""
    shared = sum(len(line.text) for line in lines if line.folded in repeated)
    return frozenset() if shared > COPY_SHARE * sum(len(line.text) for line in lines) else repeated
