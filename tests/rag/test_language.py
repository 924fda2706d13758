"""The language of a text or question, one of those told apart."""

import threading

import pytest
from hypothesis import given

from rag.language import LANGUAGES, detect_language, preload
from tests.awkward import texts

QUESTIONS = [
    ("What did Luxembourg and Morocco sign?", "en"),
    ("Who visited the Chamber of Commerce in 2019?", "en"),
    ("Qu'ont signé le Luxembourg et le Maroc ?", "fr"),
    ("Combien d'entreprises ont participé à la visite ?", "fr"),
    ("¿Qué firmaron Luxemburgo y Marruecos en Rabat?", "es"),
    ("Was haben Luxemburg und Marokko unterzeichnet?", "de"),
    ("ماذا وقع المغرب ولوكسمبورغ؟", "ar"),
]


@pytest.mark.parametrize(("question", "language"), QUESTIONS)
def test_a_short_question_is_told(question: str, language: str) -> None:
    assert detect_language(question) == language


@pytest.mark.parametrize(("question", "language"), QUESTIONS)
def test_clear_evidence_wins_over_what_is_expected(question: str, language: str) -> None:
    other = "fr" if language == "en" else "en"
    assert detect_language(question, {other, language}) == language


@pytest.mark.parametrize(
    "words", ["Maroc Digital 2030", "Sarah Lamrani interview", "Luxembourg", "2019", "?"]
)
def test_names_and_numbers_take_an_expected_language(words: str) -> None:
    assert detect_language(words, {"fr"}) == "fr"


@given(texts)
def test_any_text_has_one_of_the_languages(text: str) -> None:
    assert detect_language(text) in LANGUAGES


@pytest.mark.parametrize("expected", [set(), {"zh"}])
def test_an_expectation_that_cannot_be_met_is_ignored(expected: set[str]) -> None:
    assert detect_language("Qu'ont signé le Luxembourg et le Maroc ?", expected) == "fr"


def test_threads_asking_at_once_agree() -> None:
    found: list[str] = []
    preload()
    question, language = QUESTIONS[0]
    threads = [threading.Thread(target=lambda: found.append(detect_language(question))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [language] * 8
