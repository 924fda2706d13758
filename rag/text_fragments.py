"""Text fragments: the end of an address that leads a browser to the very words of a page.

A browser marks the first place that matches `#:~:text=[prefix-,]start[,end][,-suffix]`, so each is
lengthened until the article holds one such place only. URL Fragment Text Directives, WICG,
https://wicg.github.io/scroll-to-text-fragment/.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple
from urllib.parse import quote, urldefrag

from rag.spans import Span

WORDS = (4, 8, 16, 32, 200)  # of start and end; a passage has at most 200
SIZES = sorted(product(WORDS, WORDS), key=sum)
CONTEXT = (0, 3, 6, 12, 24, 48)  # words of prefix and suffix
REACH = 500  # code points searched for context: about 48 words
WHOLE = 120  # code points: a passage of one line up to this length is written out
ARTICLES_REMEMBERED = 64  # folded texts, about 10 kB each: the hits of one answer share few articles

LINE_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
WORD = re.compile(r"\S+")
# What browsers pass over when they compare: spaces at line ends, accents, invisible characters.
PASSED_OVER = re.compile(
    r"[\s\u00ad\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]+"
)
ALIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "œ": "oe", "æ": "ae"})


class _Directive(NamedTuple):
    """The parts of a text directive, as spans of the article's text."""

    prefix: Span | None
    start: Span
    end: Span | None
    suffix: Span | None


def fragment_url(url: str | None, text: str, span: Span) -> str | None:
    """Return the address of the words `text[span]` on the page at `url`.

    None where the address is not known, or where no fragment tells the words from others.
    """
    directive = text_directive(text, span) if url else None
    if not url or directive is None:
        return None
    page, fragment = urldefrag(url)
    return f"{page}#{fragment.partition(':~:')[0]}:~:text={directive}"


def text_directive(text: str, span: Span) -> str | None:
    """Return the parts after `text=` that match `text[span]` alone; None where there are none."""
    place = _trimmed(text, span)
    if place.start == place.end:
        return None
    found = next((one for one in _candidates(text, place) if _matches_alone(text, one)), None)
    return _written(text, found) if found else None


def _trimmed(text: str, span: Span) -> Span:
    words = span.slice(text)
    start = span.start + len(words) - len(words.lstrip())
    return Span(start, start + len(words.strip()))


def _candidates(text: str, place: Span) -> Iterator[_Directive]:
    """Yield directives for a place, those with the least context first."""
    lines = _lines(text, place)
    # A part of a directive never matches across the blocks of a page, and a line is such a block.
    whole = place if len(lines) == 1 else None
    ends = _words(text, lines[0]), _words(text, lines[-1])
    before, after = _before(text, place.start), _after(text, place.end)
    abutted = (_abuts(text, place.start - 1), _abuts(text, place.end))
    if (abutted[0] and not before) or (abutted[1] and not after):
        return
    for size in CONTEXT:
        prefix = _last(before, max(size, abutted[0]))
        suffix = _first(after, max(size, abutted[1]))
        if whole and place.end - place.start <= WHOLE:
            yield _Directive(prefix, whole, None, suffix)
        head, tail = _halves(ends[0]) if whole else ends
        for first, last in SIZES:
            start, end = _first(head, first), _last(tail, last)
            if start and end:
                yield _Directive(prefix, start, end, suffix)
        if whole:
            yield _Directive(prefix, whole, None, suffix)


def _halves(words: Sequence[Span]) -> tuple[Sequence[Span], Sequence[Span]]:
    """Return the words of the first and of the second half of a line: start and end must not overlap."""
    return words[: len(words) // 2], words[len(words) // 2 :]


def _lines(text: str, place: Span) -> list[Span]:
    """Return the lines of a place, those without words left out."""
    starts = [place.start, *(place.start + m.end() for m in LINE_BREAK.finditer(place.slice(text)))]
    lines = [Span(*bounds) for bounds in zip(starts, [*starts[1:], place.end], strict=True)]
    return [line for line in lines if line.slice(text).strip()]


def _words(text: str, line: Span) -> list[Span]:
    return [Span(*word.span()) for word in WORD.finditer(text, line.start, line.end)]


def _before(text: str, end: int) -> list[Span]:
    """Return the words of the line that ends at `end`, or of the nearest one above that has any."""
    reached = max(0, end - REACH)
    words = [word for line in _lines(text, Span(reached, end))[-1:] for word in _words(text, line)]
    return [word for word in words if word.start != reached or not _abuts(text, reached - 1)]


def _after(text: str, start: int) -> list[Span]:
    """Return the words of the line from `start` on, or of the nearest one below that has any."""
    reached = min(len(text), start + REACH)
    words = [word for line in _lines(text, Span(start, reached))[:1] for word in _words(text, line)]
    return [word for word in words if word.end != reached or not _abuts(text, reached)]


def _abuts(text: str, place: int) -> bool:
    """Say whether a character stands at a place without a space: the words there need context."""
    return 0 <= place < len(text) and not text[place].isspace()


def _first(words: Sequence[Span], count: int) -> Span | None:
    return Span(words[0].start, words[:count][-1].end) if words and count else None


def _last(words: Sequence[Span], count: int) -> Span | None:
    return Span(words[-count:][0].start, words[-1].end) if words and count else None


def _matches_alone(text: str, directive: _Directive) -> bool:
    """Say whether a browser can find no other place: compared more loosely than it compares."""
    page = _folded(text)
    prefix, start, end, suffix = ("" if part is None else _fold(part.slice(text)) for part in directive)
    if directive.end is None:
        return _stands_once(page, prefix + start + suffix)
    if not _stands_once(page, prefix + start):
        return False
    searched = page.find(prefix + start) + len(prefix + start)
    expected = searched + len(_fold(text[directive.start.end : directive.end.start]))
    # Where the end stands but its suffix does not follow, the search goes on behind it: no such place
    # may overlap the right one.
    overlapping = page.find(end, max(searched, expected - len(end) + 1))
    return page.find(end + suffix, searched) == expected == overlapping


def _stands_once(page: str, words: str) -> bool:
    first = page.find(words)
    return first >= 0 and page.find(words, first + 1) < 0


def _fold(words: str) -> str:
    return PASSED_OVER.sub("", unicodedata.normalize("NFKD", words.casefold())).translate(ALIKE)


@lru_cache(ARTICLES_REMEMBERED)
def _folded(text: str) -> str:
    return _fold(text)


def _written(text: str, directive: _Directive) -> str:
    """Return the directive as it stands in an address: every character that means something escaped."""
    prefix, start, end, suffix = (
        quote(re.sub(r"[ \t]+", " ", part.slice(text)), safe="").replace("-", "%2D") if part else ""
        for part in directive
    )
    parts = (prefix and f"{prefix}-", start, end, suffix and f"-{suffix}")
    return ",".join(part for part in parts if part)
