"""A stream is cut into the same sentences, however it arrives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.prose.sentence_stream import Draft, SentenceStream

WRITTEN = (
    "Le 25 janvier 2021, M. Hansen et Mme El Fallah ont signé [1]. Morocco agreed.[2][3] "
    "It was « Oui. » dit-il [1, 2].\n- A bullet follows [4]\n1. A number follows. [2]\n**Bold** ends it"
)
SENTENCES = [
    Draft("Le 25 janvier 2021, M. Hansen et Mme El Fallah ont signé.", (1,)),
    Draft("Morocco agreed.", (2, 3)),
    Draft("It was « Oui. » dit-il.", (1, 2)),
    Draft("A bullet follows", (4,)),
    Draft("A number follows.", (2,)),
    Draft("Bold ends it", ()),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 1000])
def test_pieces_of_any_size_give_the_same_sentences(size: int) -> None:
    stream = SentenceStream()
    pieces = [WRITTEN[at : at + size] for at in range(0, len(WRITTEN), size)]
    assert [draft for piece in pieces for draft in stream.feed(piece)] + stream.end() == SENTENCES


def test_a_sentence_is_given_before_the_stream_ends() -> None:
    assert SentenceStream().feed(WRITTEN)[:2] == SENTENCES[:2]


@given(st.text(), st.integers(min_value=1, max_value=9))
def test_no_visible_letter_is_lost_or_made_up(text: str, size: int) -> None:
    stream = SentenceStream()
    drafts = [
        one for at in range(0, len(text), size) for one in stream.feed(text[at : at + size])
    ] + stream.end()
    kept = "".join(draft.text for draft in drafts)
    assert [c for c in kept if c.isalpha()] == [c for c in text if c.isalpha()]
