"""What a browser does with a text fragment, written from the specification and from nothing of ours.

WICG, URL Fragment Text Directives, "find a range from a text directive". A stored text is taken for a page
whose blocks are its lines. Word boundaries are those of UAX #29 for the letters that occur in the tests.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


@dataclass(frozen=True)
class Directive:
    prefix: str | None
    start: str
    end: str | None
    suffix: str | None


def parse(directive: str) -> Directive:
    """Read `[prefix-,]start[,end][,-suffix]`, percent-decoded after it is split."""
    parts = directive.split(",")
    prefix = suffix = None
    if parts[0].endswith("-"):
        prefix = unquote(parts.pop(0)[:-1], errors="strict")
    if parts[-1].startswith("-"):
        suffix = unquote(parts.pop()[1:], errors="strict")
    assert 1 <= len(parts) <= 2, directive
    start, *end = (unquote(part, errors="strict") for part in parts)
    return Directive(prefix, start, end[0] if end else None, suffix)


class Page:
    """A text as rendered: each line a block, runs of white space one space, none at its ends."""

    def __init__(self, text: str) -> None:
        self.blocks: list[tuple[str, list[int]]] = []
        start = 0
        for end in [*(i for i, c in enumerate(text) if c in BREAKS), len(text)]:
            found = [(m.start() + start, m.group()) for m in re.finditer(r"[ \t]+|.", text[start:end], re.S)]
            characters = [(i, " " if c[0] in " \t" else c) for i, c in found]
            while characters and characters[0][1] == " ":
                characters.pop(0)
            while characters and characters[-1][1] == " ":
                characters.pop()
            if characters:
                self.blocks.append(("".join(c for _, c in characters), [i for i, _ in characters]))
            start = end + 1

    def source(self, start: "Point", end: "Point") -> tuple[int, int]:
        """Return a range of the page as offsets into the stored text."""
        return self.blocks[start[0]][1][start[1]], self.blocks[end[0]][1][end[1] - 1] + 1

    @property
    def end(self) -> "Point":
        return (len(self.blocks), 0)

    def next(self, point: "Point") -> "Point":
        block, offset = point
        return (block, offset + 1) if offset < len(self.blocks[block][0]) else (block + 1, 0)

    def next_non_white(self, point: "Point") -> "Point":
        block, offset = point
        while block < len(self.blocks):
            words = self.blocks[block][0]
            while offset < len(words) and words[offset].isspace():
                offset += 1
            if offset < len(words):
                return block, offset
            block, offset = block + 1, 0
        return self.end


Point = tuple[int, int]
Found = tuple[Point, Point]


def resolve(directive: str, text: str) -> tuple[int, int] | None:
    """Return the offsets of what a browser would mark, None where it would mark nothing."""
    page, wanted = Page(text), parse(directive)
    found = _find(page, wanted)
    return page.source(*found) if found else None


def _find(page: Page, wanted: Directive) -> Found | None:  # noqa: C901 - step by step as specified
    search = (0, 0)
    while search < page.end:
        bounded_end = wanted.end is not None or wanted.suffix is None
        if wanted.prefix is not None:
            prefix = find_string(page, wanted.prefix, search, word_start=True, word_end=False)
            if prefix is None:
                return None
            search = page.next(prefix[0])
            after = page.next_non_white(prefix[1])
            if after == page.end:
                return None
            match = find_string(page, wanted.start, after, word_start=False, word_end=bounded_end)
            if match is None:
                return None
            if match[0] != after:
                continue
        else:
            match = find_string(page, wanted.start, search, word_start=True, word_end=bounded_end)
            if match is None:
                return None
            search = page.next(match[0])
        rest = match[1]
        while rest < page.end:
            if wanted.end is not None:
                end = find_string(page, wanted.end, rest, word_start=True, word_end=wanted.suffix is None)
                if end is None:
                    return None
                match = (match[0], end[1])
            if wanted.suffix is None:
                return match
            after = page.next_non_white(match[1])
            if after == page.end:
                return None
            suffix = find_string(page, wanted.suffix, after, word_start=False, word_end=True)
            if suffix is None:
                return None
            if suffix[0] == after:
                return match
            if wanted.end is None:
                break
            rest = match[1]
    return None


def find_string(page: Page, query: str, start: Point, word_start: bool, word_end: bool) -> Found | None:
    """Find a string in range: within one block, from `start` to the end of the page."""
    for block in range(start[0], len(page.blocks)):
        words = page.blocks[block][0]
        offset = start[1] if block == start[0] else 0
        for first, last in occurrences(query, words):
            if first < offset:
                continue
            if word_start and not is_word_boundary(words, first):
                continue
            if word_end and not is_word_boundary(words, last):
                continue
            return (block, first), (block, last)
    return None


def occurrences(query: str, words: str) -> list[tuple[int, int]]:
    """Return the places where the base characters are equal: neither case nor accents count."""
    wanted = [base for c in query for base in bases(c)]
    haystack = [(base, i) for i, c in enumerate(words) for base in bases(c)]
    plain = [base for base, _ in haystack]
    found = []
    for i in range(len(plain) - len(wanted) + 1):
        if plain[i : i + len(wanted)] == wanted:
            last = haystack[i + len(wanted) - 1][1] + 1
            while last < len(words) and not bases(words[last]):  # marks belong to their letter
                last += 1
            found.append((haystack[i][1], last))
    return found


def bases(character: str) -> list[str]:
    plain = unicodedata.normalize("NFD", character.lower())
    return [c for c in plain if unicodedata.category(c) not in ("Mn", "Cf")]


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Mn", "Mc", "Me", "Cf"):
        return "extend"
    if character in ".'’․":
        return "mid-both"
    if character in ":·":
        return "mid-letter"
    if character in ",;":
        return "mid-number"
    if category == "Pc":
        return "joins"
    if category == "Nd":
        return "number"
    return "letter" if category[0] == "L" else "other"


def is_word_boundary(words: str, offset: int) -> bool:
    """Say whether UAX #29 breaks a text before the character at `offset`."""
    if offset in (0, len(words)):
        return True
    if words[offset - 1] == " " == words[offset]:
        return False
    if _kind(words[offset]) == "extend":
        return False
    before = [kind for c in words[:offset] if (kind := _kind(c)) != "extend"][-2:]
    after = [kind for c in words[offset:] if (kind := _kind(c)) != "extend"][:2]
    last, first = before[-1] if before else "other", after[0]
    word = {"letter", "number"}
    if {last, first} <= word | {"joins"}:
        return False
    if len(after) > 1 and last == after[1] == "letter" and first in ("mid-both", "mid-letter"):
        return False
    if len(before) > 1 and before[0] == first == "letter" and last in ("mid-both", "mid-letter"):
        return False
    if len(after) > 1 and last == after[1] == "number" and first in ("mid-both", "mid-number"):
        return False
    return not (len(before) > 1 and before[0] == first == "number" and last in ("mid-both", "mid-number"))
