"""The words of a question: which terms stand for each, what each can weigh, which are names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fusion import bm25_limit
from rag.lexical import LexicalEntry, LexicalIndex, write_lexical_index
from rag.query import Expander, QueryTerm, share_found

TEXTS = ("Le Luxembourg signe un accord.", "Le Maroc vote un accord.", "Le Sénat vote.", "Il pleut en 2019.")


@pytest.fixture(scope="module")
def expander(tmp_path_factory: pytest.TempPathFactory) -> Expander:
    folder = tmp_path_factory.mktemp("lexical")
    write_lexical_index(folder, (LexicalEntry(n, n, "fr", text, False) for n, text in enumerate(TEXTS)))
    return Expander(LexicalIndex(folder, ["fr"]), {}, None)


def test_a_word_weighs_what_bm25_can_give_for_it(expander: Expander) -> None:
    terms = {term.word: term for term in expander.terms("accord Luxembourg Tokyo", "fr")["fr"]}
    limits = {word: term.limit for word, term in terms.items()}
    expected = {
        word: bm25_limit(count, len(TEXTS))
        for word, count in (("accord", 2), ("Luxembourg", 1), ("Tokyo", 0))
    }
    assert limits == pytest.approx(expected)
    assert limits["accord"] < limits["Luxembourg"] < limits["Tokyo"]


def test_each_word_counts_once_and_stop_words_not_at_all(expander: Expander) -> None:
    words = [
        term.word for term in expander.terms("Quel accord ? L'accord, les accords du Maroc !", "fr")["fr"]
    ]
    assert words == ["accord", "Maroc"]


NAMED = [
    ("Que signe le Luxembourg ?", {"Luxembourg"}),
    ("Luxembourg signe quoi ?", set()),  # the first word is written large in any case
    ("Que signe-t-il en 2019 ?", {"2019"}),
    ("que signe le luxembourg ?", set()),
]


@pytest.mark.parametrize(("question", "names"), NAMED)
def test_names_and_numbers_are_told(expander: Expander, question: str, names: set[str]) -> None:
    assert {term.word for term in expander.terms(question, "fr")["fr"] if term.named} == names


def test_a_word_is_found_as_well_as_its_best_alternative_is_close() -> None:
    term = QueryTerm("agreement", {"accord": 0.8, "convent": 0.6, "agreement": 1.0}, 2.0, named=False)
    assert term.found({"convent", "accord", "maroc"}) == 0.8
    assert term.found({"convent"}) == 0.6
    assert term.found({"maroc"}) == 0


terms = st.lists(
    st.builds(
        QueryTerm,
        st.just("word"),
        st.dictionaries(st.sampled_from("abcde"), st.floats(0.1, 1), min_size=1),
        st.floats(0.01, 20),
        st.booleans(),
    ),
    max_size=5,
)
held = st.sets(st.sampled_from("abcde"))


@given(terms, held, held)
def test_a_share_lies_between_0_and_1_and_grows_with_what_is_held(
    wanted: list[QueryTerm], some: set[str], more: set[str]
) -> None:
    low, high = share_found(wanted, some), share_found(wanted, some | more)
    assert 0 <= low <= high <= 1 + 1e-9


def test_a_share_by_hand() -> None:
    wanted = [QueryTerm("x", {"a": 0.5}, 3.0, False), QueryTerm("y", {"b": 1.0}, 1.0, False)]
    assert share_found(wanted, {"a"}) == pytest.approx(3 * 0.5 / 4)
    assert share_found(wanted, {"a", "b"}) == pytest.approx((3 * 0.5 + 1) / 4)
    assert share_found([], {"a"}) == 1
