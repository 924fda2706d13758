"""The body of a page: where an article begins and ends among lines of which some show a cue."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, groupby, pairwise

from rag.cues import Cue, Cues, Reasons
from rag.head import label_head
from rag.lines import Line

MIN_BEFORE_CUT = 100  # code points of running text before a page's tail can begin; a headline is shorter
MAX_GAP = 2  # lines without a cue inside a form or a notice
MAX_GAP_WORDS = 35  # a longer line inside a notice is a paragraph of the article
MAX_BLOCK = 6  # lines under the heading of a box inside the article
GOES_ON = 3  # sentences after a box that prove that the article goes on
COMMENTS_TEXT = 0.6  # of the lines among comments, at most; names, dates and buttons stand between them
MENU = 3  # buttons or sections in a row
TABLE = (4, 2)  # of the lines after a cue, rows enough to show a table or list that belongs to the article
INSIDE_UNSEEN = ("above", "outside")  # they mean nothing between two paragraphs
BELOW_UNSEEN = ("above",)  # nor this under the last one
SECTIONS = ("block", "tail", "end")  # headings of what stands under an article
BRIDGED = ("newsletter", "cookie-notice")
FURNITURE = ("ticker", "cookie-notice")  # no article has begun above these

# Scores of a line in the search for the body. A paragraph counts for its words, up to three sentences' worth.
# A line that shows nothing counts nothing, for articles hold tables and lists; ten buttons outweigh a text.
PARAGRAPH_WORDS = 30
CUT_SHORT = -1.0
OF_CUE = {"line": -0.3, "above": -0.1, "outside": -0.3, "block": -0.7, "tail": -2.0, "end": -2.0}
UNCUTTING = ("publication-line", "byline", "repeated-line")  # stand under an article without ending it


def bridge(lines: Sequence[Line], cues: Cues) -> list[Cue | None]:
    """Return the cues, given to the few lines between two of the same form or notice as well."""
    bridged = list(cues)
    shown = [i for i, cue in enumerate(cues) if cue and cue.reason in BRIDGED]
    for a, b in pairwise(shown):
        gap = range(a + 1, b)
        short = all(cues[i] is None and lines[i].words <= MAX_GAP_WORDS for i in gap)
        if cues[a] == cues[b] and len(gap) <= MAX_GAP and short:
            bridged[a + 1 : b] = [cues[a]] * len(gap)
    return bridged


def find_body(lines: Sequence[Line], cues: Cues) -> range | None:
    """Return the lines from the first to the last paragraph; None where no line is running text."""
    best = _best_run(lines, cues)
    if best is None:
        return None
    start = best.start
    buttons = 0
    for i in reversed(range(best.start)):  # a box under the first paragraph does not part it from the rest
        cue = cues[i]
        buttons = buttons + 1 if cue and cue.reach in INSIDE_UNSEEN else 0
        if buttons == MENU or (cue and cue.reason in FURNITURE):
            break
        if _is_text(lines[i], cue):
            start = i
    return range(start, best.stop)


def _best_run(lines: Sequence[Line], cues: Cues) -> range | None:
    """Return the run of lines with the largest sum of scores."""
    best, best_sum, start, total = None, 0.0, 0, 0.0
    for i, (line, cue) in enumerate(zip(lines, cues, strict=True)):
        if total <= 0:
            start, total = i, 0.0
        total += _score(line, cue)
        if total > best_sum:
            best, best_sum = range(start, i + 1), total
    return best


def label(lines: Sequence[Line], cues: Cues, body: range) -> Reasons:
    """Return for each line the reason to set it aside, None for the article itself."""
    cut = _cut(lines, cues, body)
    return [
        *label_head(lines, cues, body),
        *_inside(lines, cues, range(body.start, cut), body.stop),
        *_tail(lines, cues, range(cut, len(lines))),
    ]


def _score(line: Line, cue: Cue | None) -> float:
    if cue:
        return OF_CUE[cue.reach]
    if line.is_cut_short:
        return CUT_SHORT
    if line.is_sentence:
        return min(line.words, PARAGRAPH_WORDS) / 10
    return 0.0


def _is_text(line: Line, cue: Cue | None) -> bool:
    return cue is None and line.is_sentence and not line.is_cut_short


def _cut(lines: Sequence[Line], cues: Cues, body: range) -> int:
    """Return the first line of the page's tail."""
    texts = [len(line.text) if _is_text(line, cue) else 0 for line, cue in zip(lines, cues, strict=True)]
    lengths = list(accumulate(texts, initial=0))
    counts = list(accumulate(map(bool, texts), initial=0))
    ends = [i for i, cue in enumerate(cues) if cue and cue.reach == "end"] + [len(lines)]
    for i in range(body.start, len(lines)):
        cue = cues[i]
        if cue is None:
            continue
        end = ends[bisect_right(ends, i)]
        before, after = lengths[i] - lengths[body.start], lengths[end] - lengths[i]
        if before < MIN_BEFORE_CUT:
            continue
        if cue.reach in SECTIONS:
            done = _heads_tail(cue, after < before, counts[end] - counts[i], end - i - 1)
        else:
            done = i >= body.stop and _stands_below(cue, lines[i + 1 : i + 1 + TABLE[0]])
        if done:
            return i
    return len(lines)


def _heads_tail(cue: Cue, main_part_done: bool, sentences_after: int, lines_after: int) -> bool:
    """Whether a heading ends the article, given what follows it up to the next that could."""
    if cue.reach == "end":
        return main_part_done or sentences_after <= COMMENTS_TEXT * lines_after
    return main_part_done and (cue.reach == "tail" or sentences_after < GOES_ON)


def _stands_below(cue: Cue, following: Sequence[Line]) -> bool:
    """Whether a cue after the last paragraph ends the article; a table or list may still belong to it."""
    table = cue.reach == "line" and sum(line.is_data for line in following) >= TABLE[1]
    return cue.reach != "above" and cue.reason not in UNCUTTING and not table


def _inside(lines: Sequence[Line], cues: Cues, article: range, text_end: int) -> Reasons:
    """Label what stands inside the article: lines that show a cue, and the short lines of a box."""
    reasons: Reasons = []
    box: str | None = None
    left = 0
    for i in article:
        shown, unseen = cues[i], INSIDE_UNSEEN if i < text_end else BELOW_UNSEEN
        cue = shown if shown and shown.reach not in unseen else None
        if cue:
            box = cue.reason if cue.reach in ("block", "tail") else None
            left = MAX_BLOCK
        elif lines[i].is_sentence or left == 0:
            box = None
        left = max(0, left - 1)
        reasons.append(cue.reason if cue else box)
    return reasons


def _tail(lines: Sequence[Line], cues: Cues, tail: range) -> Reasons:
    """Label the page's end: each line by its own cue, or else by the section it stands in."""
    reasons: Reasons = []
    section = "teaser"
    for known, run in groupby(tail, key=lambda i: cues[i] is not None):
        part = list(run)
        if known:
            shown = [cue for i in part if (cue := cues[i])]
            reasons += [cue.reason for cue in shown]
            section = next((cue.reason for cue in reversed(shown) if cue.reach in SECTIONS), section)
        else:
            teasers = any(lines[i].is_cut_short for i in part)
            reasons += ["teaser" if teasers else section] * len(part)
    return reasons
