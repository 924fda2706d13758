"""Text fragments: the end of an address that leads a browser to the very words of a page.

A browser marks the first place that matches `#:~:text=[prefix-,]start[,end][,-suffix]`, so each is
lengthened until the article holds one such place only. URL Fragment Text Directives, WICG,
https://wicg.github.io/scroll-to-text-fragment/.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple
from urllib.parse import quote, urldefrag

from rag.spans import Span

WORDS = (4, 8, 16, 32, 200)  # of start and end; a passage has at most 200
CONTEXT = (0, 3, 6, 12, 24, 48)  # words of prefix and suffix
REACH = 500  # code points searched for context: about 48 words
WHOLE = 120  # code points: a passage of one line up to this length is written out
ARTICLES_REMEMBERED = 64  # folded texts, about 10 kB each: the hits of one answer share few articles
PARTS_REMEMBERED = 1024  # folded parts, about 200 B each: the directives of a passage share most

LINE_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
WORD = re.compile(r"\S+")
# What browsers pass over when they compare, beside spaces at line ends: accents, invisible characters.
PASSED_OVER = re.compile(
    r"[\u00ad\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]+"
)
ALIKE = (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("œ", "oe"), ("æ", "ae"))

Words = Sequence[tuple[int, int]]  # their places; spans would take most of the time


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
    head, tail = _words(text, lines[0]), _words(text, lines[-1])
    if whole:  # start and end must not overlap
        head, tail = head[: len(head) // 2], tail[len(tail) // 2 :]
    for size in CONTEXT:
        prefix, suffix = _prefix(text, place.start, size), _suffix(text, place.end, size)
        if (prefix is None and _abuts(text, place.start - 1)) or (suffix is None and _abuts(text, place.end)):
            return
        if whole and place.end - place.start <= WHOLE:
            yield _Directive(prefix, whole, None, suffix)
        starts = [one for one in _growing(head, _first) if _begins_once(text, prefix, one)]
        for start, end in sorted(product(starts, _growing(tail, _last)), key=_length):
            yield _Directive(prefix, start, end, suffix)
        if whole:
            yield _Directive(prefix, whole, None, suffix)


def _lines(text: str, place: Span) -> list[Span]:
    """Return the lines of a place, those without words left out."""
    starts = [place.start, *(place.start + m.end() for m in LINE_BREAK.finditer(place.slice(text)))]
    lines = [Span(*bounds) for bounds in zip(starts, [*starts[1:], place.end], strict=True)]
    return [line for line in lines if line.slice(text).strip()]


def _words(text: str, line: Span) -> Words:
    return [word.span() for word in WORD.finditer(text, line.start, line.end)]


def _prefix(text: str, end: int, size: int) -> Span | None:
    """Return words of the line that ends at `end`, or of the nearest one above that has any."""
    size = max(size, _abuts(text, end - 1))
    reached = max(0, end - REACH)
    lines = _lines(text, Span(reached, end))[-1:] if size else []
    words = [word for line in lines for word in _words(text, line)]
    return _last([word for word in words if word[0] != reached or not _abuts(text, reached - 1)], size)


def _suffix(text: str, start: int, size: int) -> Span | None:
    """Return words of the line from `start` on, or of the nearest one below that has any."""
    size = max(size, _abuts(text, start))
    reached = min(len(text), start + REACH)
    lines = _lines(text, Span(start, reached))[:1] if size else []
    words = [word for line in lines for word in _words(text, line)]
    return _first([word for word in words if word[1] != reached or not _abuts(text, reached)], size)


def _abuts(text: str, place: int) -> bool:
    """Say whether a character stands at a place without a space: the words there need context."""
    return 0 <= place < len(text) and not text[place].isspace()


def _first(words: Words, count: int) -> Span | None:
    return Span(words[0][0], words[:count][-1][1]) if words and count else None


def _last(words: Words, count: int) -> Span | None:
    return Span(words[-count:][0][0], words[-1][1]) if words and count else None


def _growing(words: Words, part: Callable[[Words, int], Span | None]) -> list[Span]:
    """Return the first or the last few words, more and more of them."""
    return list(dict.fromkeys(one for count in WORDS if (one := part(words, count))))


def _length(parts: tuple[Span, Span]) -> int:
    return sum(part.end - part.start for part in parts)


def _begins_once(text: str, prefix: Span | None, start: Span) -> bool:
    """Say whether the start of a place, after its prefix, tells it from every other."""
    before = _folded(prefix.slice(text)) if prefix else ""
    return _stands_once(_folded_page(text), before + _folded(start.slice(text)))


def _matches_alone(text: str, directive: _Directive) -> bool:
    """Say whether a browser can find no other place: compared more loosely than it compares."""
    page = _folded_page(text)
    prefix, start, end, suffix = ("" if part is None else _folded(part.slice(text)) for part in directive)
    if directive.end is None:
        return _stands_once(page, prefix + start + suffix)
    # Its start, a candidate's, stands once: `_begins_once`.
    searched = page.find(prefix + start) + len(prefix + start)
    expected = searched + len(_folded(text[directive.start.end : directive.end.start]))
    # Where the end stands but its suffix does not follow, the search goes on behind it: no such place
    # may overlap the right one.
    overlapping = page.find(end, max(searched, expected - len(end) + 1))
    return page.find(end + suffix, searched) == expected == overlapping


def _stands_once(page: str, words: str) -> bool:
    first = page.find(words)
    return first >= 0 and page.find(words, first + 1) < 0


def _fold(words: str) -> str:
    spaceless = "".join(unicodedata.normalize("NFKD", words.casefold()).split())
    folded = PASSED_OVER.sub("", spaceless)
    for written, same in ALIKE:
        folded = folded.replace(written, same)
    return folded


_folded_page = lru_cache(ARTICLES_REMEMBERED)(_fold)
_folded = lru_cache(PARTS_REMEMBERED)(_fold)


def _written(text: str, directive: _Directive) -> str:
    """Return the directive as it stands in an address: every character that means something escaped."""
    prefix, start, end, suffix = (
        quote(re.sub(r"[ \t]+", " ", part.slice(text)), safe="").replace("-", "%2D") if part else ""
        for part in directive
    )
    parts = (prefix and f"{prefix}-", start, end, suffix and f"-{suffix}")
    return ",".join(part for part in parts if part)
