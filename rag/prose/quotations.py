"""Quotations: the words between quotation marks, and whether they stand in a text word for word."""

import re
from collections.abc import Iterator

from rag.spans import Span

# An unclosed mark opens a quotation to the end: a sentence may end inside one. Of single marks only the
# curly pair counts, and only where the opening one stands: the other is an apostrophe.
_QUOTED = re.compile(r"«([^»]*)»?|“([^”]*)”?|[”\"]([^\"”]*)[\"”]?|‘([^’]*)’|([^«»]*)»")
_APOSTROPHES = str.maketrans("’ʼ‘", "'''")
_MARKS = re.compile(r"[«»“”\"„]")
_EDGES = " .,;:!?…'()-–—"


def quotations_of(text: str) -> Iterator[tuple[Span, str]]:
    """Yield place and words of each quotation, in order."""
    for found in _QUOTED.finditer(text):
        words = next((part for part in found.groups() if part is not None), "")
        yield Span(*found.span()), words


def is_quoted_from(words: str, text: str) -> bool:
    """Say whether words stand in a text, whatever its spaces, apostrophes and quotation marks."""
    wanted = _plain(words).strip(_EDGES)
    return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", _plain(text)) is not None


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub(" ", text.translate(_APOSTROPHES)).casefold().split())
