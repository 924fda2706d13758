"""One vocabulary serves both languages and leaves English as the teacher cuts it."""

import pytest
from tokenizers import Tokenizer

from embeddings.training.vocabulary import SPECIAL, build, english_pieces, with_rules

ENGLISH = ("the", "minister", "work", "##ed", "##s", "a", "t", "##t", "'", ".", "东", "[unused7]", "и")
FRENCH = ["Le ministre a signé l’œuvre."] * 3 + ["Le ministre espère."]


def rules(pieces: tuple[str, ...]) -> Tokenizer:
    return with_rules({piece: index for index, piece in enumerate((*SPECIAL, *pieces))})


@pytest.fixture
def bilingual() -> Tokenizer:
    return build(rules(ENGLISH), FRENCH, size=60, french_words=3)


def test_other_scripts_and_unused_entries_are_left_out() -> None:
    assert english_pieces(rules(ENGLISH)) == list(ENGLISH[:10])


def test_english_is_cut_as_before(bilingual: Tokenizer) -> None:
    text = "The minister worked."
    assert bilingual.encode(text).tokens == rules(ENGLISH).encode(text).tokens
    assert bilingual.encode(text).tokens == ["[CLS]", "the", "minister", "work", "##ed", ".", "[SEP]"]


def test_frequent_french_words_are_whole_and_the_rest_is_never_unknown(bilingual: Tokenizer) -> None:
    assert bilingual.encode("LE MINISTRE").tokens == ["[CLS]", "le", "ministre", "[SEP]"]
    assert "[UNK]" not in bilingual.encode("Le ministre a signé l’œuvre, espère").tokens[:-3]


def test_accents_ligatures_and_apostrophes_are_one_spelling(bilingual: Tokenizer) -> None:
    assert bilingual.encode("l’œuvre signée").ids == bilingual.encode("L'OEUVRE SIGNEE").ids


def test_the_size_is_a_limit_and_padding_is_zero(bilingual: Tokenizer) -> None:
    assert build(rules(ENGLISH), FRENCH, size=20, french_words=3).get_vocab_size() == 20
    assert bilingual.token_to_id("[PAD]") == 0


def test_english_pieces_and_french_words_have_fixed_places(bilingual: Tokenizer) -> None:
    again = build(rules(ENGLISH), FRENCH, size=60, french_words=3)
    fixed = len(SPECIAL) + len(english_pieces(rules(ENGLISH))) + 3
    assert [again.id_to_token(row) for row in range(fixed)] == [
        bilingual.id_to_token(row) for row in range(fixed)
    ]
