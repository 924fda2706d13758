"""Coverage: what it says of passages equals comparing every word with every term by hand."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import Encoder, Lexicon
from rag.coverage import Coverage, cover, title_of
from rag.lexical import terms_of
from rag.query import QueryTerm
from rag.vocabulary import Held, SentenceTerms, analyse, gather, open_vocabularies, write_vocabulary

SENTENCES = (
    "Le Luxembourg et le Maroc ont signé un accord en 2019.",
    "La chambre de commerce salue une déclaration.",
    "…",
    "Le ministre a signé en 2021.",
)
TITLE = frozenset({"cooperation", "2018", "maroc"})


@pytest.fixture(scope="module")
def lexicon(encoder: Encoder) -> Lexicon:
    assert encoder.lexicon is not None
    return encoder.lexicon


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Path:
    folder = tmp_path_factory.mktemp("vocabulary")
    write_vocabulary(folder, lexicon, gather([("fr", analyse("fr", SENTENCES))]))
    return folder


def question(*words: str) -> list[QueryTerm]:
    """Return words of a question, each its own term, a rarer one the further right."""
    return [QueryTerm(word, {word: 1.0}, place + 1.0, word.isdigit()) for place, word in enumerate(words)]


def covered(
    folder: Path,
    lexicon: Lexicon,
    terms: list[QueryTerm],
    title: frozenset[str] = TITLE,
    dated: frozenset[str] = frozenset(),
) -> Coverage:
    vectors = lexicon.vectors([term.word if term.word.isalpha() else "" for term in terms])
    held, vocabulary = (
        SentenceTerms(folder).of(np.arange(len(SENTENCES))).terms,
        open_vocabularies(folder, ["fr"])["fr"],
    )
    passages, given = (
        [(len(SENTENCES), title_of(title, vocabulary))],
        [[term.word in dated for term in terms]],
    )
    (found,) = cover(terms, vectors, vocabulary, held, passages, np.array(given))
    return found


def test_each_sentence_keeps_its_own_terms(folder: Path) -> None:
    vocabulary = open_vocabularies(folder, ["fr"])["fr"]
    names = {place: term for term, place in vocabulary.ids.items()}
    for row, sentence in enumerate(SENTENCES):
        held = SentenceTerms(folder).of(np.array([row])).terms
        assert {names[int(one)] for one in held.ids} == terms_of(sentence, "fr")
        assert held.lengths.tolist() == [len(held.ids)]


def test_every_match_is_that_of_brute_force(folder: Path, lexicon: Lexicon) -> None:
    terms = question("sign", "accord", "2019", "minister")
    coverage = covered(folder, lexicon, terms)
    assert coverage.sentences.shape == (4, 4)
    for row, sentence in enumerate(SENTENCES):
        for column, term in enumerate(terms):
            own = term.found(terms_of(sentence, "fr"))
            words = [word for word in sentence.replace(".", "").split() if word.isalpha()]
            words = [word for word in words if terms_of(word, "fr")]
            vectors = lexicon.vectors([word.lower() for word in words])
            # Each of these terms stands for one word only, but for "signé".
            like = vectors @ lexicon.vectors([term.word])[0] if term.word.isalpha() and words else np.zeros(1)
            expected = max(own, float(like.max(initial=0)))
            assert coverage.sentences[row, column] == pytest.approx(expected, abs=2e-3)


def test_a_number_is_matched_by_itself_alone(folder: Path, lexicon: Lexicon) -> None:
    coverage = covered(folder, lexicon, question("2019", "2020", "2018"))
    assert coverage.matches.tolist() == [1.0, 0.0, 1.0]  # the last one from the title
    assert coverage.names == 0.0
    assert coverage.weakest == 0.0


@given(st.lists(st.sampled_from(["maroc", "accord", "2019", "tokyo", "sign"]), unique=True))
def test_a_share_lies_between_0_and_1_and_grows_with_the_title(
    folder: Path, lexicon: Lexicon, words: list[str]
) -> None:
    terms = question(*words)
    without, within = covered(folder, lexicon, terms, frozenset()), covered(folder, lexicon, terms)
    assert 0 <= without.share <= within.share <= 1 + 1e-6
    assert (within.of_sentences <= within.share + 1e-6).all()
    assert 0 <= within.weakest <= within.names <= 1 + 1e-6 or not words


def test_a_date_that_the_article_is_of_needs_no_match(folder: Path, lexicon: Lexicon) -> None:
    terms = question("accord", "2031")
    without, given = (
        covered(folder, lexicon, terms, dated=dated) for dated in (frozenset[str](), frozenset({"2031"}))
    )
    assert (without.names, given.names) == (0, 1)
    assert (given.sentences[:, 1] == 1).all()
    np.testing.assert_array_equal(given.sentences[:, 0], without.sentences[:, 0])


def test_rarer_words_count_more(folder: Path, lexicon: Lexicon) -> None:
    first = covered(folder, lexicon, question("xyzzy", "accord"), frozenset()).share
    second = covered(folder, lexicon, question("accord", "xyzzy"), frozenset()).share
    assert first > second


def test_without_a_vocabulary_nothing_is_covered_but_by_the_title(lexicon: Lexicon) -> None:
    terms = question("maroc", "accord")
    (found,) = cover(
        terms,
        lexicon.vectors(["maroc", "accord"]),
        None,
        Held(np.zeros(0, np.uint32), np.zeros(1, np.int64)),
        [(1, title_of(TITLE, None))],
        np.zeros((1, 2), dtype=bool),
    )
    assert found.matches.tolist() == [1.0, 0.0]
