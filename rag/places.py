"""Places: the words that name one country or continent, its adjectives included, in English and French.

Everyday word vectors hold "Moroccan" and "Maroc" no nearer than "Tunisie"; a question about
Tunisia is not answered by Morocco, and one about Moroccan exports is.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rag.lexical import term_of

FILE = Path(__file__).with_name("places.txt")
LANGUAGES = ("en", "fr")


@dataclass(frozen=True, slots=True)
class Place:
    """A country or continent: every word for it, and whether an answer must name it."""

    words: tuple[str, ...]
    named: bool


def place_of(word: str, language: str) -> Place | None:
    """Return the place that a word names; None for none."""
    if language not in LANGUAGES:
        return None
    places = _places(language)
    return places.get(f"={word}") or places.get(term_of(word, language) or "")


@cache
def _places(language: str) -> dict[str, Place]:
    """Return each place by any of its terms, those of two places left out."""
    found: dict[str, set[Place]] = {}
    for line in FILE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            words = [word.strip() for word in line.removeprefix("*").split(",")]
            place = Place(tuple(word.removeprefix("=") for word in words), not line.startswith("*"))
            for key in {word if word.startswith("=") else term_of(word, language) or "" for word in words}:
                found.setdefault(key, set()).add(place)
    return {key: next(iter(places)) for key, places in found.items() if len(places) == 1}
