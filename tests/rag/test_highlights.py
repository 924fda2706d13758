"""The answering sentences: those that cover the question's words, hold what is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.highlights import AT_MOST, Candidate, HighlightWeights, answering_sentences, asks, introduces

WEIGHTS = HighlightWeights(words=1.0, expected=0.3, length=0.05, near=0.1)

sentences = st.lists(
    st.builds(
        Candidate,
        st.floats(0, 1),
        st.booleans(),
        st.integers(0, 60),
        st.booleans(),
        st.sampled_from(["Le plafond", "Le taux", "La durée"]),
    ),
    min_size=1,
    max_size=12,
)


def sentence(words: float, text: str = "", *, expected: bool = False, announces: bool = False) -> Candidate:
    return Candidate(words, expected, 10, announces, text)


@given(sentences)
def test_one_or_two_sentences_are_marked_the_best_first(candidates: list[Candidate]) -> None:
    marked = answering_sentences(candidates, WEIGHTS)
    scores = [candidates[place].score(WEIGHTS) for place in marked]
    assert 1 <= len(marked) == len(set(marked)) <= AT_MOST
    assert scores == sorted(scores, reverse=True)
    body = [one for one in candidates if not one.announces] or candidates
    assert scores[0] == max(one.score(WEIGHTS) for one in body)


@given(sentences)
def test_a_second_sentence_is_marked_only_where_it_is_nearly_as_good(candidates: list[Candidate]) -> None:
    first, *second = answering_sentences(candidates, WEIGHTS)
    for place in second:
        gap = candidates[first].score(WEIGHTS) - candidates[place].score(WEIGHTS)
        assert gap <= WEIGHTS.near + 1e-9


@given(sentences)
def test_no_sentence_left_out_is_better_in_everything(candidates: list[Candidate]) -> None:
    first = candidates[answering_sentences(candidates, WEIGHTS)[0]]
    assert not any(
        one.words > first.words + 1e-6
        and one.expected >= first.expected
        and one.length >= first.length
        and not one.announces
        for one in candidates
    )


def test_the_first_of_equals_is_chosen() -> None:
    assert answering_sentences([sentence(0.5, text) for text in "abc"], WEIGHTS) == [0, 1]


def test_a_sentence_that_stands_twice_is_marked_once() -> None:
    assert answering_sentences([sentence(0.5, text) for text in "aab"], WEIGHTS) == [0, 2]
    assert answering_sentences([sentence(0.5, "a")] * 3, WEIGHTS) == [0]


def test_a_sentence_that_holds_what_is_asked_comes_before_one_with_a_few_more_words() -> None:
    assert answering_sentences([sentence(0.6), sentence(0.45, expected=True)], WEIGHTS)[0] == 1


def test_the_sentence_that_says_what_the_headline_says_is_chosen_before_it() -> None:
    assert answering_sentences([sentence(0.9, announces=True), sentence(0.8)], WEIGHTS) == [1]


def test_a_headline_that_stands_alone_is_chosen() -> None:
    assert answering_sentences([sentence(0.2, announces=True)], WEIGHTS) == [0]


@pytest.mark.parametrize(("second", "marked"), [(0.85, [0, 1]), (0.7, [0])])
def test_how_near_a_second_sentence_must_be(second: float, marked: list[int]) -> None:
    assert answering_sentences([sentence(0.9, "a"), sentence(second, "b")], WEIGHTS) == marked


QUESTIONS = ["Quel est le plafond ?", "« Qui a signé ? »", "Who signed?", 'He asked: "Who?"']
LABELS = ["Plafond du livret A", "17 ans", "Les conditions sont les suivantes :"]
SENTENCES = [
    "Le plafond est de 22 950 €.",
    "« C'est un départ. »",
    "Un texte sans point, mais bien plus long que ne l'est une étiquette",
]


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_is_told(text: str) -> None:
    assert asks(text)
    assert introduces(text)


@pytest.mark.parametrize(("texts", "label"), [(LABELS, True), (SENTENCES, False)])
def test_a_label_is_told_from_a_sentence(texts: list[str], label: bool) -> None:
    assert [introduces(text) for text in texts] == [label] * len(texts)
    assert not any(map(asks, texts))
