"""The answering sentence: nearest in meaning, helped by the words of the question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.highlights import Candidate, answering_sentence
from rag.query import QueryTerm

TERMS = ("accord", "maroc", "2019")

sentences = st.lists(
    st.tuples(st.floats(-1, 1, width=32), st.sets(st.sampled_from((*TERMS, "other")))),
    min_size=1,
    max_size=12,
)
weightings = st.dictionaries(st.sampled_from(TERMS), st.floats(0.01, 10))


def wanted(weights: dict[str, float]) -> list[QueryTerm]:
    """Return the words of a question, each with its weight and without translations."""
    return [QueryTerm(word, {word: 1.0}, weight, named=False) for word, weight in weights.items()]


def candidates(*parts: tuple[float, set[str]]) -> list[Candidate]:
    """Return sentences of these cosines and terms, none of them a headline."""
    return [Candidate(cosine, held, headline=False) for cosine, held in parts]


@given(sentences, weightings)
def test_one_of_the_sentences_is_chosen(
    parts: list[tuple[float, set[str]]], weights: dict[str, float]
) -> None:
    assert 0 <= answering_sentence(candidates(*parts), wanted(weights)) < len(parts)


@given(sentences, weightings)
def test_no_sentence_is_better_in_meaning_and_in_words(
    parts: list[tuple[float, set[str]]], weights: dict[str, float]
) -> None:
    chosen = answering_sentence(candidates(*parts), wanted(weights))
    share = [sum(weights.get(term, 0) for term in terms) for _, terms in parts]
    assert not any(
        parts[other][0] > parts[chosen][0] + 1e-6 and share[other] > share[chosen] + 1e-6
        for other in range(len(parts))
    )


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_first_of_equals_is_chosen(count: int) -> None:
    assert answering_sentence(candidates(*[(0.5, {"accord"})] * count), wanted({"accord": 1.0})) == 0


def test_among_sentences_equally_near_the_one_with_the_rarer_word_is_chosen() -> None:
    parts = candidates((0.4, {"maroc"}), (0.4, {"2019"}), (0.4, set()))
    assert answering_sentence(parts, wanted({"maroc": 1.0, "2019": 3.0})) == 1


def test_without_any_word_in_common_meaning_alone_decides() -> None:
    assert answering_sentence(candidates((0.1, set()), (0.9, set()), (0.3, set())), []) == 1


def test_the_sentence_that_says_what_the_headline_says_is_chosen_before_it() -> None:
    headline = Candidate(0.8, {"accord", "maroc"}, headline=True)
    (sentence,) = candidates((0.6, {"accord", "maroc"}))
    assert answering_sentence([headline, sentence], wanted({"accord": 1.0, "maroc": 1.0})) == 1


def test_a_headline_that_stands_alone_is_chosen() -> None:
    assert answering_sentence([Candidate(0.1, set(), headline=True)], wanted({"accord": 1.0})) == 0
