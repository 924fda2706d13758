"""The answering sentence: nearest in meaning, helped by the words of the question."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.highlights import answering_sentence
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


@given(sentences, weightings)
def test_one_of_the_sentences_is_chosen(
    parts: list[tuple[float, set[str]]], weights: dict[str, float]
) -> None:
    cosines = np.array([cosine for cosine, _ in parts], dtype=np.float32)
    chosen = answering_sentence(cosines, [terms for _, terms in parts], wanted(weights))
    assert 0 <= chosen < len(parts)


@given(sentences, weightings)
def test_no_sentence_is_better_in_meaning_and_in_words(
    parts: list[tuple[float, set[str]]], weights: dict[str, float]
) -> None:
    cosines = np.array([cosine for cosine, _ in parts], dtype=np.float32)
    chosen = answering_sentence(cosines, [terms for _, terms in parts], wanted(weights))
    share = [sum(weights.get(term, 0) for term in terms) for _, terms in parts]
    assert not any(
        cosines[other] > cosines[chosen] + 1e-6 and share[other] > share[chosen] + 1e-6
        for other in range(len(parts))
    )


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_first_of_equals_is_chosen(count: int) -> None:
    cosines = np.full(count, 0.5, dtype=np.float32)
    assert answering_sentence(cosines, [{"accord"}] * count, wanted({"accord": 1.0})) == 0


def test_among_sentences_equally_near_the_one_with_the_rarer_word_is_chosen() -> None:
    cosines = np.full(3, 0.4, dtype=np.float32)
    terms = [{"maroc"}, {"2019"}, set()]
    assert answering_sentence(cosines, terms, wanted({"maroc": 1.0, "2019": 3.0})) == 1


def test_without_any_word_in_common_meaning_alone_decides() -> None:
    cosines = np.array([0.1, 0.9, 0.3], dtype=np.float32)
    assert answering_sentence(cosines, [set(), set(), set()], []) == 1
