"""Dates in a question, in French and English: what is written, and the days it means."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rag.date_readings import READINGS
from rag.letters import PLAIN
from rag.spans import Span

_READINGS = tuple(
    (re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE), reading) for pattern, reading in READINGS
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a question: its place, and the first and the last day it means."""

    span: Span
    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Return whether a day is meant."""
        return self.first <= day <= self.last


def find_dates(question: str, today: date) -> list[DateMention]:
    """Return the dates of a question in order, the longest where several overlap.

    Args:
        question: in French or English, with accents, composed or not, or without.
        today: what "last year" is counted from.

    """
    found = sorted(_every(question, today), key=lambda one: (one.span.start - one.span.end, one.span.start))
    chosen: list[DateMention] = []
    for mention in found:
        if not any(mention.span.overlap(other.span) for other in chosen):
            chosen.append(mention)
    return sorted(chosen, key=lambda one: one.span.start)


def _every(question: str, today: date) -> Iterator[DateMention]:
    folded, places = _folded(question)
    for pattern, reading in _READINGS:
        for found in pattern.finditer(folded):
            try:
                first, last = reading(found, today)
            except ValueError:  # the 31st of June
                continue
            if first <= last:  # "between 2021 and 2019" means no day
                yield DateMention(Span(places[found.start()], places[found.end()]), first, last)


def _folded(question: str) -> tuple[str, list[int]]:
    """Return a question without accents, and the place of each of its characters and of its end."""
    folded, places = [], []
    for place, character in enumerate(question.translate(PLAIN)):
        for part in unicodedata.normalize("NFD", character):
            if not unicodedata.combining(part):
                folded.append(part)
                places.append(place)
    return "".join(folded), [*places, len(question)]
