"""The words of a question: which terms stand for each, what each can weigh, which are names."""

import math

import pytest

from rag.lexical import LexicalEntry, LexicalIndex, write_lexical_index
from rag.query import Expander, QueryTerm

TEXTS = ("Le Luxembourg signe un accord.", "Le Maroc vote un accord.", "Le Sénat vote.", "Il pleut en 2019.")


@pytest.fixture(scope="module")
def expander(tmp_path_factory: pytest.TempPathFactory) -> Expander:
    folder = tmp_path_factory.mktemp("lexical")
    write_lexical_index(folder, (LexicalEntry(n, n, "fr", text, False) for n, text in enumerate(TEXTS)))
    return Expander(LexicalIndex(folder, ["fr"]), {}, None)


def test_a_word_weighs_its_idf(expander: Expander) -> None:
    terms = {term.word: term for term in expander.terms("accord Luxembourg Tokyo", "fr")["fr"]}
    information = {word: term.information for word, term in terms.items()}
    # Of four passages two hold "accord", one (by nine tenths, the name being a place's) "Luxembourg".
    assert information["accord"] == pytest.approx(math.log(1 + 2.5 / 2.5))
    assert information["Luxembourg"] == pytest.approx(math.log(1 + 3.5 / 1.5))
    assert information["Tokyo"] == pytest.approx(math.log(1 + 4.5 / 0.5))


def test_each_word_counts_once_and_stop_words_not_at_all(expander: Expander) -> None:
    words = [
        term.word for term in expander.terms("Quel accord ? L'accord, les accords du Maroc !", "fr")["fr"]
    ]
    assert words == ["accord", "Maroc"]


NAMED = [
    ("Que signe le Luxembourg ?", {"Luxembourg"}),
    ("Hansen signe quoi ?", set()),  # the first word is written large in any case
    ("Que signe-t-il en 2019 ?", {"2019"}),
    ("que signe hansen ?", set()),
    ("que signe le luxembourg ?", {"luxembourg"}),  # a place is one however it is written
    ("Que signe l'Europe ?", set()),  # its countries may sign for it
    ("QUE SIGNE HANSEN AU LUXEMBOURG EN 2019 ?", {"LUXEMBOURG", "2019"}),  # capitals tell no names here
]


@pytest.mark.parametrize(("question", "names"), NAMED)
def test_names_and_numbers_are_told(expander: Expander, question: str, names: set[str]) -> None:
    assert {term.word for term in expander.terms(question, "fr")["fr"] if term.named} == names


def test_a_word_is_found_as_well_as_its_best_alternative_is_close() -> None:
    term = QueryTerm("agreement", {"accord": 0.8, "convent": 0.6, "agreement": 1.0}, 2.0, named=False)
    assert term.found({"convent", "accord", "maroc"}) == 0.8
    assert term.found({"convent"}) == 0.6
    assert term.found({"maroc"}) == 0


PLACES = [
    ("Who leads the Moroccan delegation?", "en", "Moroccan", {"maroc"}),
    ("Que vend l'entreprise tunisienne ?", "fr", "tunisienne", {"tunis"}),
    ("What did the United States sign?", "en", "States", {"american", "americain"}),
]


@pytest.mark.parametrize(("question", "language", "word", "some"), PLACES)
def test_a_place_is_a_name_and_found_under_its_other_names(
    expander: Expander, question: str, language: str, word: str, some: set[str]
) -> None:
    (term,) = (term for term in expander.terms(question, language)["fr"] if term.word == word)
    assert term.named
    assert some <= term.alternatives.keys()
