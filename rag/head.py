"""The head of a page: what stands above the text, and the title among it."""

from collections.abc import Sequence

from rag.cues import OTHER_HEADLINE, Cues, Reasons
from rag.lines import Line

MIN_HEADLINE_WORDS = 4  # shorter lines are names of sections, sites and people as often as headlines
MAX_TITLE_LINES = 3  # kicker, title and subtitle
TICKER_LINES = 5  # headlines in a row before the title, with no text under any, on a page that has a menu
BARE_TICKER_LINES = 8  # the same on a page without one: key points under a title are fewer

# What may stand between a title and its text; the first three are about the article itself.
BEFORE_TEXT = ("publication-line", "byline", "reading-time", "social", "subscription")
ABOUT_ARTICLE = BEFORE_TEXT[:3]


def label_head(lines: Sequence[Line], cues: Cues, body: range) -> Reasons:
    """Return for each line above the body the reason to set it aside, None for the title and the unknown."""
    top, ticker = _title(lines, cues, body.start)
    return [*_above(lines, cues, top, ticker), *_under_title(lines, cues, range(top, body.start), body)]


def _title(lines: Sequence[Line], cues: Cues, start: int) -> tuple[int, bool]:
    """Return where the title begins, and whether what stands above it is a row of headlines."""
    group, complete = _headlines(lines, cues, start)
    menu = any(cue and cue.reason not in BEFORE_TEXT for cue in cues[:start])
    enough = TICKER_LINES if menu else BARE_TICKER_LINES
    if not complete and sum(not lines[i].is_data for i in group) >= enough:
        return group[0], True
    if complete or any(lines[i].is_data for i in group):  # key points, a list or a table open the article
        return group[-1], False
    return (group[:MAX_TITLE_LINES] or [_nearest(cues, start)])[-1], False


def _headlines(lines: Sequence[Line], cues: Cues, start: int) -> tuple[list[int], bool]:
    """Return the headlines nearest above the text, from below; and whether a byline marks the title."""
    group: list[int] = []
    crossed = False
    for i in reversed(range(start)):
        cue = cues[i]
        if cue and cue.reason in BEFORE_TEXT:
            crossed = crossed or (bool(group) and cue.reason in ABOUT_ARTICLE)
        elif cue in (None, OTHER_HEADLINE) and lines[i].words >= MIN_HEADLINE_WORDS:
            group.append(i)
            if crossed:
                return group, True
        elif group:
            break
    return group, False


def _nearest(cues: Cues, start: int) -> int:
    """Return the line right above the text, whatever its length, when nothing longer could be the title."""
    for i in reversed(range(start)):
        cue = cues[i]
        if cue is None:
            return i
        if cue.reason not in BEFORE_TEXT:
            break
    return start


def _above(lines: Sequence[Line], cues: Cues, top: int, ticker: bool) -> Reasons:
    furniture = ticker or any(cue and cue.reason not in BEFORE_TEXT for cue in cues[:top])
    reasons: Reasons = []
    for line, cue in zip(lines[:top], cues[:top], strict=True):
        unknown = "ticker" if line.words >= MIN_HEADLINE_WORDS else "navigation"
        reasons.append(cue.reason if cue else unknown if furniture else None)
    return reasons


def _under_title(lines: Sequence[Line], cues: Cues, head: range, body: range) -> Reasons:
    reasons: Reasons = []
    for i in head:
        cue = cues[i]
        title = i == head.start and cue == OTHER_HEADLINE
        chronology = cue is not None and cue.reach == "above" and cue in cues[body.start : body.stop]
        if cue is None:
            named = i > head.start and _is_name(lines[i]) and _beside_details(cues, i)
            reasons.append("byline" if named else None)
        else:
            reasons.append(None if title or chronology else cue.reason)
    return reasons


def _beside_details(cues: Cues, i: int) -> bool:
    return any(
        cue and cue.reason in ABOUT_ARTICLE for cue in (*cues[max(0, i - 1) : i], *cues[i + 1 : i + 2])
    )


def _is_name(line: Line) -> bool:
    words = line.text.replace("-", " ").split()
    return 2 <= len(words) <= 4 and all(word[:1].isupper() for word in words)
