"""Lexical search equals BM25 written by hand, and its analysis sees one word behind many spellings."""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tantivy import Query

from rag.lexical import (
    ANALYSED,
    OTHER,
    LexicalEntry,
    LexicalIndex,
    composed,
    field_of,
    term_of,
    terms_of,
    words_of,
    write_lexical_index,
)
from rag.query import Expander
from tests.awkward import texts

K1, B = 1.2, 0.75  # Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, section 3.2


def stored_length(length: int) -> int:
    """Return a length as kept in one byte: exact up to 40, then with three binary digits after the first.

    Written after the description of Lucene's SmallFloat, whose coding tantivy shares.
    """
    if length < 40:
        return length
    exponent = (length - 24).bit_length() - 4
    return 24 + ((length - 24) >> exponent << exponent)


def bm25(query: Sequence[str], passages: Sequence[Sequence[str]]) -> dict[int, float]:
    """Return the BM25 score of each passage, given as its terms, that holds a term of the query."""
    average = sum(map(len, passages)) / len(passages)
    scores: dict[int, float] = {}
    for term in query:
        frequency = sum(term in passage for passage in passages)
        idf = math.log(1 + (len(passages) - frequency + 0.5) / (frequency + 0.5))
        for ordinal, passage in enumerate(passages):
            if count := Counter(passage)[term]:
                norm = K1 * (1 - B + B * stored_length(len(passage)) / average)
                scores[ordinal] = scores.get(ordinal, 0) + idf * (K1 + 1) * count / (count + norm)
    return scores


def index_of(
    folder: Path, passages: Sequence[str], language: str = "xx", fields: Sequence[str] | None = None
) -> LexicalIndex:
    folder.mkdir(parents=True, exist_ok=True)
    entries = (LexicalEntry(n, n % 3, language, text, n % 5 == 4) for n, text in enumerate(passages))
    write_lexical_index(folder, entries)
    return LexicalIndex(folder, fields or [field_of(language)])


def find(
    index: LexicalIndex, words: Sequence[str], depth: int = 1000, within: Query | None = None
) -> dict[int, float]:
    return index.search({OTHER: [{word: 1.0} for word in words]}, depth, within)


def ask(index: LexicalIndex, question: str, language: str) -> set[int]:
    """Return the passages that hold a word of a question."""
    terms = Expander(index, {}, None).terms(question, language)
    wanted = {field: [term.alternatives for term in of_field] for field, of_field in terms.items()}
    return set(index.search(wanted, 1000))


def question_terms(question: str, field: str, language: str) -> set[str]:
    return {term for word in words_of(question) if (term := term_of(word, field, language)) is not None}


WORDS = [f"mot{letter}{other}" for letter in "abcdefg" for other in "xyz"]


@pytest.fixture(scope="module")
def corpus() -> list[list[str]]:
    """Return 300 passages of 1 to 400 words; frequent words and rare ones, as in language (Zipf)."""
    numbers = np.random.default_rng(7)
    weights = 1 / np.arange(1, len(WORDS) + 1)
    lengths = [*numbers.integers(1, 60, 250), *numbers.integers(60, 400, 50)]
    return [[str(w) for w in numbers.choice(WORDS, size, p=weights / weights.sum())] for size in lengths]


@pytest.fixture(scope="module")
def index(corpus: list[list[str]], tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    return index_of(tmp_path_factory.mktemp("lexical"), [" ".join(words) for words in corpus])


@given(st.lists(st.sampled_from([*WORDS, "absent"]), min_size=1, max_size=6, unique=True))
def test_scores_equal_bm25_written_by_hand(
    corpus: list[list[str]], index: LexicalIndex, query: list[str]
) -> None:
    found = find(index, query)
    assert found == pytest.approx(bm25(query, corpus), rel=1e-4)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True), st.integers(1, 60))
def test_the_deepest_found_scores_no_less_than_any_left_out(
    corpus: list[list[str]], index: LexicalIndex, query: list[str], depth: int
) -> None:
    every, found = bm25(query, corpus), find(index, query, depth)
    assert len(found) == min(depth, len(every))
    left_out = [score for ordinal, score in every.items() if ordinal not in found]
    assert min(found.values()) >= max(left_out, default=0) * (1 - 1e-4)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_document_frequency_counts_passages(corpus: list[list[str]], index: LexicalIndex) -> None:
    for word in [*WORDS, "absent"]:
        assert index.document_frequency(OTHER, word) == sum(word in words for words in corpus)


@given(st.data())
def test_a_restriction_changes_no_score(
    corpus: list[list[str]], index: LexicalIndex, data: st.DataObject
) -> None:
    query = data.draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True))
    rows = data.draw(st.none() | st.lists(st.integers(0, 2), unique=True))
    boilerplate = data.draw(st.booleans())
    found = find(index, query, within=index.within(rows, boilerplate))
    wanted = {
        n for n in range(len(corpus)) if (rows is None or n % 3 in rows) and (boilerplate or n % 5 != 4)
    }
    every = find(index, query)
    assert found == {ordinal: score for ordinal, score in every.items() if ordinal in wanted}


def test_only_the_named_passages_are_scored(index: LexicalIndex) -> None:
    every = find(index, [WORDS[0]])
    some = list(every)[3:9]
    assert find(index, [WORDS[0]], len(some), index.only(some)) == {n: every[n] for n in some}


def test_no_terms_find_nothing(index: LexicalIndex) -> None:
    assert find(index, []) == {}
    assert find(index, WORDS, 0) == {}
    assert find(index, WORDS, 5, index.only([])) == {}


SAME = [
    ("l'accord", "accord"),
    ("l’accord", "accord"),
    ("d’Afrique", "Afrique"),
    ("qu’aujourd’hui", "aujourd'hui"),
    ("Sénat", "senat"),
    ("SÉNAT", "sénat"),
    ("cœur", "coeur"),
    ("CŒUR", "Coeur"),
    ("œuvres", "oeuvre"),
    ("ﬁnance", "finance"),
    ("coopération", "cooperation"),
    ("accords", "accord"),
    ("signé", "signés"),
    ("signer", "signé"),
    ("n\u00ba", "no"),
    ("Maroc\u00a0", "Maroc"),
    ("économiques", "économique"),
    (unicodedata.normalize("NFD", "déclaration"), unicodedata.normalize("NFC", "déclaration")),
    ("38 000", "38000"),
    ("38\u202f000", "38.000"),
    ("1.234.567,50", "1 234 567,50"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_french_word_are_one_term(one: str, other: str) -> None:
    assert question_terms(one, "fr", "fr") == question_terms(other, "fr", "fr") != set()


@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_question_finds_every_spelling(tmp_path: Path, one: str, other: str) -> None:
    index = index_of(tmp_path, [f"Voici {one} ici.", f"Voici {other} ici.", "Rien de tel."], "fr")
    for question in (one, other):
        assert ask(index, question, "fr") == {0, 1}


DIFFERENT = [
    ("accord", "accordéon"),
    ("Maroc", "Mali"),
    ("2019", "2020"),
    ("Luxembourg", "Luxor"),
    ("2019 250", "2019250"),
    ("06 12 34", "061234"),
    ("12,5", "125"),
    ("0.125", "125 000"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert terms_of(one, "fr").isdisjoint(terms_of(other, "fr"))


def grouped_by_definition(text: str) -> str:
    """Join groups of three digits with one to three before, where no digit, point or comma touches."""
    number = r"[1-9]\d{0,2}(?P<mark>[ .,'’])\d{3}(?:(?P=mark)\d{3})*"
    whole = re.compile(rf"(?<![\d.,]){number}(?!\d|(?P=mark)\d)")
    return whole.sub(lambda found: re.sub(r"\D", "", found[0]), text)


@given(st.text("0123٣ .,'’a\n", max_size=16))
def test_grouped_digits_are_joined_where_nothing_before_them_tells_otherwise(text: str) -> None:
    assert composed(text) == grouped_by_definition(text)


QUESTIONS = [
    ("What did Luxembourg and Morocco sign?", "en", {"luxembourg", "morocco", "sign"}),
    ("Who are the partners of the ADD?", "en", {"partner", "add"}),
    (
        "Quel accord le Luxembourg a-t-il signé avec le Maroc ?",
        "fr",
        {"accord", "luxembourg", "maroc", "signe"},
    ),
    ("Qu'est-ce que la déclaration d'intention ?", "fr", {"declar", "intent"}),
    ("Why didn't Oslo's minister sign, and who'll sign?", "en", {"oslo", "minister", "sign"}),
]


@pytest.mark.parametrize(("question", "language", "words"), QUESTIONS)
@pytest.mark.parametrize("field", ["fr", "en"])
def test_question_words_go_and_words_of_content_stay(
    question: str, language: str, words: set[str], field: str
) -> None:
    # Stems of the two languages differ at the end only.
    assert {term[:4] for term in question_terms(question, field, language)} == {word[:4] for word in words}


def test_a_name_of_an_english_question_is_found_in_french_text(tmp_path: Path) -> None:
    index = index_of(tmp_path, ["Le Luxembourg signe.", "Le Maroc vote."], "fr")
    assert ask(index, "What did Luxembourg sign in 2019?", "en") == {0}


@given(texts, st.sampled_from([*ANALYSED, OTHER]))
def test_composed_and_decomposed_text_have_the_same_words_and_terms(text: str, field: str) -> None:
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    assert all(words_of(form) == words_of(forms[0]) for form in forms)
    assert all(terms_of(form, field) == terms_of(forms[0], field) for form in forms)


@given(texts, st.sampled_from([*ANALYSED, OTHER]))
def test_a_word_alone_has_the_term_it_has_in_its_text(text: str, field: str) -> None:
    assert terms_of(text, field) == {term for word in words_of(text) if (term := term_of(word, field))}


@given(st.text(st.characters(), max_size=50))
def test_any_question_can_be_searched_even_with_lone_surrogates(index: LexicalIndex, question: str) -> None:
    assert ask(index, question, "en") <= set(range(index.size))


@pytest.mark.parametrize(
    "question", [chr(34), "NEAR(mot word)", "mot* OR 1=1 --", "xx:value", "mot AND (b", "^2", "[* TO *]"]
)
def test_operators_of_query_languages_are_only_text(index: LexicalIndex, question: str) -> None:
    assert ask(index, question, "en") == set()


@settings(max_examples=10)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), min_size=1, max_size=12)
)
def test_every_passage_is_counted_and_no_lock_is_left(
    tmp_path_factory: pytest.TempPathFactory, passages: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("lexical")
    index_of(folder, passages)
    assert [path.name for path in folder.glob("*lock*")] in ([], [".tantivy-meta.lock"])
    assert LexicalIndex(folder, ["xx"]).size == len(passages)


def test_a_folder_without_an_index_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are the library's
        LexicalIndex(tmp_path, ["fr"])


def test_scores_of_a_field_take_no_other_language_into_account(tmp_path: Path) -> None:
    entries = [
        LexicalEntry(0, 0, "fr", "Luxembourg signe", False),
        LexicalEntry(1, 1, "en", "Luxembourg signs", False),
        LexicalEntry(2, 2, "zh", "Luxembourg", False),
    ]
    write_lexical_index(tmp_path, entries)
    index = LexicalIndex(tmp_path, ["en", "fr", "xx"])
    assert set(index.search({"fr": [{"luxembourg": 1.0}]}, 5)) == {0}
    assert ask(index, "Luxembourg", "en") == {0, 1, 2}


@given(
    st.lists(
        st.dictionaries(st.sampled_from(WORDS), st.floats(0.125, 1), min_size=1, max_size=4),
        min_size=1,
        max_size=4,
    )
)
def test_of_several_words_for_one_the_best_found_counts_by_its_factor(
    corpus: list[list[str]], index: LexicalIndex, alternatives: list[dict[str, float]]
) -> None:
    expected: dict[int, float] = defaultdict(float)
    for words in alternatives:
        scores = [
            {n: factor * score for n, score in bm25([w], corpus).items()} for w, factor in words.items()
        ]
        for ordinal in set().union(*scores):
            expected[ordinal] += max(found.get(ordinal, 0) for found in scores)
    assert index.search({OTHER: alternatives}, len(corpus)) == pytest.approx(dict(expected), rel=1e-4)


def test_a_folder_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_lexical_index(tmp_path / "nowhere", [])
