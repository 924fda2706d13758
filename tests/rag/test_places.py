"""Places: the words of one place find each other in both languages, and no other place."""

import pytest

from rag.places import FILE, place_of

SAME = [
    (("Morocco", "en"), ("Moroccans", "en"), ("marocaines", "fr"), ("Maroc", "fr")),
    (("Belgium", "en"), ("belges", "fr"), ("Belgian", "en")),
    (("US", "en"), ("American", "en"), ("américaines", "fr"), ("Unis", "fr")),
    (("France", "en"), ("française", "fr"), ("français", "fr")),
]


@pytest.mark.parametrize("words", SAME)
def test_names_and_adjectives_of_a_place_are_one(words: tuple[tuple[str, str], ...]) -> None:
    places = {place_of(*word) for word in words}
    assert len(places) == 1
    assert None not in places


@pytest.mark.parametrize(
    ("word", "language"), [("us", "en"), ("unis", "fr"), ("state", "en"), ("table", "fr"), ("Maroc", "de")]
)
def test_other_words_name_no_place(word: str, language: str) -> None:
    assert place_of(word, language) is None


def test_a_continent_is_no_name_that_an_answer_must_hold() -> None:
    europe, france = place_of("European", "en"), place_of("French", "en")
    assert europe is not None
    assert not europe.named
    assert france is not None
    assert france.named


def test_no_word_is_listed_under_two_places() -> None:
    lines = [line for line in FILE.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    words = [word.strip() for line in lines for word in line.strip("*").split(",")]
    assert len(words) == len(set(words))
    assert lines == sorted(lines, key=lambda line: line.strip("*"))
