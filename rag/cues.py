"""Cues: the phrases that give a line away as something other than the article."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

from rag.lines import Line, fold

MAX_CUE_WORDS = 25  # a longer line is a paragraph, whatever it begins with
# Menus and notices stand on every page of an outlet; some hundred bytes each.
REMEMBERED_LINES = 50_000
AROUND = r"[\W_]*"  # bullets, arrows, colons and stars around a button or heading
SHAPES = {"whole": AROUND + "{}" + AROUND + "$", "starts": AROUND + "{}", "holds": ".*{}"}

Reach = Literal["line", "above", "outside", "block", "tail", "end"]


@dataclass(frozen=True, slots=True)
class Cue:
    """A reason to set a line aside and how far it reaches, see `cleaning_cues.toml`."""

    reason: str
    reach: Reach
    folded: re.Pattern[str] | None
    exact: re.Pattern[str] | None

    def matches(self, folded: str, exact: str) -> bool:
        """Whether a line shows this cue, given folded and as it is."""
        return bool((self.folded and self.folded.match(folded)) or (self.exact and self.exact.match(exact)))


# What is known of each line of a page, and why each is set aside: None for the article's own lines.
Cues = Sequence[Cue | None]
Reasons = list[str | None]

# Cues that are not phrases.
TICKER = Cue("ticker", "line", None, None)
OTHER_HEADLINE = Cue("other-headline", "line", None, None)
REPEATED_LINE = Cue("repeated-line", "outside", None, None)


@dataclass(frozen=True, slots=True, eq=False)  # or every line looked up would hash all of it
class Lexicon:
    """Every cue, in the order in which they are tried, and what may stick to a paragraph."""

    cues: tuple[Cue, ...]
    glued: tuple[re.Pattern[str], re.Pattern[str]]

    def find(self, line: Line) -> Cue | None:
        """Return the first cue a line shows, or None."""
        if not line.folded or line.words > MAX_CUE_WORDS:
            return None
        return self._find(line.folded, line.text.strip())

    @lru_cache(REMEMBERED_LINES)  # noqa: B019 - there is one lexicon, for as long as the program runs
    def _find(self, folded: str, exact: str) -> Cue | None:
        return next((cue for cue in self.cues if cue.matches(folded, exact)), None)


@cache
def load_lexicon() -> Lexicon:
    """Return the lexicon that stands beside this file."""
    tables = tomllib.loads((files("rag") / "cleaning_cues.toml").read_text("utf-8"))
    glued = tables.pop("glued")
    return Lexicon(
        cues=tuple(_cue(name, table) for name, table in tables.items()),
        glued=(
            re.compile(rf"\s*{_any(glued['start'])}", re.IGNORECASE),
            re.compile(rf"{_any(glued['end'])}\s*$", re.IGNORECASE),
        ),
    )


def _cue(name: str, table: dict[str, Any]) -> Cue:
    shapes = [
        shape.format(_any([fold(pattern) for pattern in table[kind]]))
        for kind, shape in SHAPES.items()
        if kind in table
    ]
    return Cue(
        reason=table.get("reason", name),
        reach=table["reach"],
        folded=re.compile(_any(shapes)) if shapes else None,
        exact=re.compile(_any(table["exact"])) if "exact" in table else None,
    )


def _any(patterns: list[str]) -> str:
    return f"(?:{'|'.join(patterns)})"
