"""Sentence spans: ordered, apart, visible at both ends, and where French and English end a sentence."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.sentences import LONGEST_PARAGRAPH, sentence_spans, trimmed
from rag.spans import Span
from tests.awkward import is_visible, texts


@given(texts)
def test_sentences_are_in_order_apart_and_visible_at_both_ends(text: str) -> None:
    spans = list(sentence_spans(text))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(is_visible(text[span.start]) and is_visible(text[span.end - 1]) for span in spans)


@given(texts)
def test_sentences_hold_every_visible_character(text: str) -> None:
    held = {place for span in sentence_spans(text) for place in range(*span)}
    assert [c for place, c in enumerate(text) if place not in held and is_visible(c)] == []


@given(texts, st.data())
def test_sentences_of_a_part_are_those_of_the_part_alone(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    # A line break looked back at or ahead over the edge may join; the words themselves never differ.
    within = list(sentence_spans(text, Span(start, end)))
    assert all(start <= span.start < span.end <= end for span in within)
    alone = {place + start for span in sentence_spans(text[start:end]) for place in range(*span)}
    visible = {place for place in range(start, end) if is_visible(text[place])}
    assert visible <= alone
    assert visible <= {place for span in within for place in range(*span)}


@given(texts, st.data())
def test_trimming_keeps_every_visible_character_and_nothing_invisible_at_the_ends(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = trimmed(text, Span(start, end))
    visible = [place for place in range(start, end) if is_visible(text[place])]
    assert span == (Span(visible[0], visible[-1] + 1) if visible else None)


WHOLE = [
    "M. Dupont a reçu Mme Martin et Mlle Petit.",
    "Le prix, 3.5 % ou 1 250,75 dirhams, est fixe.",
    "L'art. 5 de la loi n° 12.345 s'applique, cf. p. 12.",
    "« Oui. » dit-il en riant.",
    "J.-N. A. : « Cancoillotte », évidemment.",
    "Le Pr. Alami et Mgr. Lebrun ont parlé, cf. chap. 3, t. II, p. 12.",
    "Mr. Smith met Dr. Jones at 5 p.m. in St. Louis.",
    "Il est né en janv. 1956 à Fès.",
]


@pytest.mark.parametrize("sentence", WHOLE)
def test_abbreviations_initials_decimals_and_speech_do_not_end_a_sentence(sentence: str) -> None:
    assert [span.slice(sentence) for span in sentence_spans(sentence)] == [sentence]


SEVERAL = [
    ["Il pleut.", "Il neige."],
    ["Vraiment ?", "Oui !", "Non…", "Peut-être."],
    ["Il a dit « Bonjour. »", "Puis il est parti."],
    ["The deal was signed.", "Both sides agreed."],
    ["L'accord date de 2019.", "La suite est connue."],
]


@pytest.mark.parametrize("sentences", SEVERAL)
def test_closing_marks_end_a_sentence(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [span.slice(text) for span in sentence_spans(text)] == sentences


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x0b", "\x0c", "\x85"])
def test_a_line_end_of_any_kind_ends_a_headline(line_end: str) -> None:
    text = f"Maroc : un accord{line_end}Le Luxembourg signe."
    assert [span.slice(text) for span in sentence_spans(text)] == [
        "Maroc : un accord",
        "Le Luxembourg signe.",
    ]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_wrapped_line_goes_on(line_end: str) -> None:
    text = f"Le Luxembourg et le Maroc{line_end}ont signé un accord."
    assert [span.slice(text) for span in sentence_spans(text)] == [text]


def test_a_paragraph_longer_than_the_library_is_given_at_once_is_held_whole() -> None:
    text = "a" * (2 * LONGEST_PARAGRAPH + 1)
    assert "".join(span.slice(text) for span in sentence_spans(text)) == text
