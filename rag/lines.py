"""Lines: a text cut where it changes hands, the smallest pieces that can be set aside."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rag.spans import Span

MAX_FOLDED = 300  # code points: no headline, button or notice is longer, and paragraphs need no folding
MIN_TICKER_RUN = 5  # headlines in a row on one line: four may still be a row of a table
MIN_TICKER_WORDS = 3  # words in the median headline of a ticker, which the cells of a table do not have
ONE_LINE_SHARE = 0.8  # a line holding this much of the text means that the line breaks were lost
MIN_GLUED = 100  # code points: a shorter line is a button or notice of its own

LINE_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
WIDE_GAP = re.compile(r"(?:[ \u00a0\u2002-\u200a\u202f]{3,}|\t+)")
SENTENCE_BREAK = re.compile(r"(?<=[.!?…»”])[ \u00a0]+(?=[A-ZÀ-ÖØ-Þ«“\"(\u0600-\u06ff])")
TERMINAL = re.compile(r"[.!?…؟。:]['’\"”»)\]\s]*$")
DIGIT = re.compile(r"\d")
SILENT = ("Mn", "Cc", "Cf")  # accents, control and format signs
FOLDED_SIGNS = str.maketrans("’‘ʼ`´–—‐‑−“”«»", "'" * 5 + "-" * 5 + '"' * 4)


class _Folded(dict[int, int | None]):
    """What each character becomes, found when it is first met: asking for its category again is slow."""

    def __missing__(self, code: int) -> int | None:
        silent = unicodedata.category(chr(code)) in SILENT and not chr(code).isspace()
        self[code] = None if silent else FOLDED_SIGNS.get(code, code)
        return self[code]


FOLDED = _Folded()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text, or a piece of one.

    Attributes:
        span: its place in the text, line break excluded.
        text: the words themselves.
        folded: the form compared with others, see `normalise_line`; empty for a long paragraph.
        words: how many words it has.
        ticker: whether it is a run of headlines on one line.

    """

    span: Span
    text: str
    folded: str
    words: int
    ticker: bool = False

    @property
    def is_sentence(self) -> bool:
        """Whether it reads as running text: ended like a sentence, or too long for a headline."""
        return self.words >= 20 or (self.words >= 5 and TERMINAL.search(self.text.rstrip()[-20:]) is not None)

    @property
    def is_cut_short(self) -> bool:
        """Whether it breaks off, as the summaries under "related articles" do."""
        return self.words >= 6 and self.text.rstrip().endswith(("…", "...", "[…]", "(…)", "[...]"))

    @property
    def is_data(self) -> bool:
        """Whether it is an item of a list or a row of a table: bullet, number or mostly figures."""
        start = self.text.lstrip()[:1]
        digits = sum(word[:1].isdigit() or word[-1:].isdigit() for word in self.text.split())
        return start in "•·-–—*▪►" or start.isdigit() or digits * 3 >= self.words


def normalise_line(line: str) -> str:
    """Return the form in which lines are compared: case, accents, digits, quotes and spaces do not count."""
    return DIGIT.sub("0", fold(line))


def fold(text: str) -> str:
    """Return a text in lower case without accents, control signs, typographic quotes and doubled spaces."""
    # Twice: mathematical letters decompose to capitals, and some letters fold to accented ones.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join(decomposed.translate(FOLDED).split())


def cut_lines(text: str, glued: tuple[re.Pattern[str], re.Pattern[str]]) -> list[Line]:
    """Return the pieces of a text that hold something, in order.

    `glued` finds what scraping has stuck to the beginning and to the end of a line.
    """
    pieces: list[Line] = []
    for span in whole_lines(text):
        lost_breaks = span.end - span.start > max(MAX_FOLDED, ONE_LINE_SHARE * len(text))
        for piece, ticker in _tickers(text, span):
            parts = [piece] if ticker else _unglued(text, piece, glued)
            if lost_breaks and not ticker:
                parts = [sentence for part in parts for sentence in _sentences(text, part)]
            pieces.extend(_line(text, part, ticker) for part in parts if not part.slice(text).isspace())
    return pieces


def whole_lines(text: str) -> Iterator[Span]:
    """Yield the lines of a text that are not empty, line breaks excluded."""
    start = 0
    for found in LINE_BREAK.finditer(text):
        if found.start() > start:
            yield Span(start, found.start())
        start = found.end()
    if start < len(text):
        yield Span(start, len(text))


def _line(text: str, span: Span, ticker: bool) -> Line:
    words = span.slice(text)
    folded = normalise_line(words) if len(words) <= MAX_FOLDED else ""
    return Line(span, words, folded, len(words.split()), ticker)


def _tickers(text: str, line: Span) -> Iterator[tuple[Span, bool]]:
    """Yield the line, or the run of headlines on it and what stands before and after."""
    cells = _cells(text, line)
    if len(cells) < MIN_TICKER_RUN:
        yield line, False
        return
    start, end = _longest_run([_is_headline(cell.slice(text)) for cell in cells])
    words = sorted(len(cell.slice(text).split()) for cell in cells[start:end])
    if end - start < MIN_TICKER_RUN or words[len(words) // 2] < MIN_TICKER_WORDS:
        yield line, False
        return
    before = Span(line.start, cells[start].start)
    after_start = cells[end].start if end < len(cells) else line.end
    pieces = ((before, False), (Span(before.end, after_start), True), (Span(after_start, line.end), False))
    yield from (piece for piece in pieces if piece[0].end > piece[0].start)


def _cells(text: str, line: Span) -> list[Span]:
    cells, start = [], line.start
    for gap in WIDE_GAP.finditer(text, line.start, line.end):
        if gap.start() > start:
            cells.append(Span(start, gap.start()))
        start = gap.end()
    return [*cells, Span(start, line.end)] if start < line.end else cells


def _is_headline(cell: str) -> bool:
    return len(cell) <= MAX_FOLDED and not cell[:1].islower() and not cell.rstrip().endswith(".")


def _longest_run(flags: list[bool]) -> tuple[int, int]:
    best = (0, 0)
    start = 0
    for i, flag in enumerate([*flags, False]):
        if not flag:
            best = max(best, (start, i), key=lambda run: run[1] - run[0])
            start = i + 1
    return best


def _unglued(text: str, line: Span, glued: tuple[re.Pattern[str], re.Pattern[str]]) -> list[Span]:
    """Return the line, parted from a cue at its beginning or at its end."""
    if line.end - line.start < MIN_GLUED:
        return [line]
    first, last = glued
    start = first.match(text, line.start, line.end)
    middle = start.end() if start else line.start
    end = last.search(text, max(middle, line.end - MAX_FOLDED), line.end)
    stop = end.start() if end else line.end
    cuts = [line.start, middle, stop, line.end]
    return [Span(a, b) for a, b in pairwise(cuts) if b > a]


def _sentences(text: str, line: Span) -> list[Span]:
    cuts = [line.start, *(m.end() for m in SENTENCE_BREAK.finditer(text, line.start, line.end)), line.end]
    return [Span(a, b) for a, b in pairwise(cuts) if b > a]
