"""Passages: slices of whole sentences, within the length, every visible character in exactly one."""

from collections import Counter
from itertools import groupby, pairwise

from hypothesis import given
from hypothesis import strategies as st

from rag.documents import Document, SetAside
from rag.passages import Passage, cut_passages
from rag.sentences import sentence_spans
from rag.spans import Span
from tests.awkward import is_visible, texts

LONGEST_RUN = 64  # letters that count as one token


def count_tokens(text: str) -> int:
    """Count words and marks: a run of letters for each 64 begun, every other visible mark by itself."""
    size = 0
    for is_word, run in groupby(text, key=lambda c: c.isalnum() or c == "_"):
        letters = list(run)
        size += -(-len(letters) // LONGEST_RUN) if is_word else sum(not c.isspace() for c in letters)
    return size


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(texts)
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    aside = [Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=False)]
    return Document("0" * 16, "a.txt", text, set_aside=tuple(SetAside(span, "teaser") for span in aside))


lengths = st.integers(1, 120)


def cut(document: Document, max_tokens: int) -> tuple[list[Passage], list[Passage]]:
    passages = list(cut_passages(document, max_tokens))
    body = [passage for passage in passages if not passage.boilerplate]
    assert passages[: len(body)] == body
    return body, passages[len(body) :]


@given(documents(), lengths)
def test_a_passage_spans_from_its_first_sentence_to_its_last(document: Document, length: int) -> None:
    for passage in cut_passages(document, length):
        assert passage.document_id == document.id
        assert passage.span == Span(passage.sentences[0].start, passage.sentences[-1].end)
        assert all(before.end <= after.start for before, after in pairwise(passage.sentences))
        assert all(
            is_visible(document.text[place]) for s in passage.sentences for place in (s.start, s.end - 1)
        )


@given(documents(), lengths)
def test_every_visible_character_is_in_one_sentence_of_one_passage(document: Document, length: int) -> None:
    body, aside = cut(document, length)
    labelled = {place for label in document.set_aside for place in range(*label.span)}
    for passages, wanted in ((body, set(range(len(document.text))) - labelled), (aside, labelled)):
        held = Counter(place for passage in passages for s in passage.sentences for place in range(*s))
        assert all(times == 1 for times in held.values())
        assert held.keys() <= wanted
        assert {place for place in wanted if is_visible(document.text[place])} <= held.keys()


@given(documents(), lengths)
def test_passages_come_in_reading_order(document: Document, length: int) -> None:
    for passages in cut(document, length):
        assert all(before.span.end <= after.span.start for before, after in pairwise(passages))


@given(documents(), lengths)
def test_no_passage_is_longer_than_allowed(document: Document, length: int) -> None:
    for passage in cut_passages(document, length):
        assert 1 <= sum(count_tokens(s.slice(document.text)) for s in passage.sentences) <= length


@given(documents(), lengths)
def test_only_a_sentence_longer_than_a_passage_is_cut(document: Document, length: int) -> None:
    for passages in cut(document, length):
        for sentence in (s for passage in passages for s in passage.sentences):
            around = [s for s in _regions(document) if s.overlap(sentence)]
            whole = next(
                s for part in around for s in sentence_spans(document.text, part) if s.overlap(sentence)
            )
            assert sentence == whole or count_tokens(whole.slice(document.text)) > length


@given(documents(), lengths)
def test_neighbouring_passages_would_not_have_fitted_together(document: Document, length: int) -> None:
    body, _ = cut(Document(document.id, document.source, document.text), length)
    for one, other in pairwise(body):
        size = sum(count_tokens(s.slice(document.text)) for s in (*one.sentences, other.sentences[0]))
        assert size > length


@given(documents(), lengths)
def test_a_passage_spans_nothing_of_the_other_kind(document: Document, length: int) -> None:
    labelled = {place for label in document.set_aside for place in range(*label.span)}
    for passage in cut_passages(document, length):
        visible = [place for place in range(*passage.span) if is_visible(document.text[place])]
        assert all((place in labelled) == passage.boilerplate for place in visible)


def test_neighbouring_lines_that_are_set_aside_stand_in_one_passage() -> None:
    text = "Accueil\n\nPolitique\nLe Maroc signe.\nContact"
    lines = [Span(0, 7), Span(9, 18), Span(35, 42)]
    document = Document("0" * 16, "a.txt", text, set_aside=tuple(SetAside(line, "menu") for line in lines))
    assert [passage.span.slice(text) for passage in cut_passages(document, 20)] == [
        "Le Maroc signe.", "Accueil\n\nPolitique", "Contact"
    ]  # fmt: skip
    assert [len(passage.sentences) for passage in cut_passages(document, 20)] == [1, 2, 1]


def _regions(document: Document) -> list[Span]:
    edges = [0, *(edge for label in document.set_aside for edge in label.span), len(document.text)]
    return [Span(*pair) for pair in pairwise(edges) if pair[0] < pair[1]]


def test_a_long_sentence_is_cut_after_a_clause() -> None:
    text = (
        "Le Luxembourg et le Maroc ont signé une déclaration, "
        "qui porte sur la recherche et sur les jeunes pousses."
    )
    first, second = cut_passages(Document("0" * 16, "a.txt", text), 15)
    assert first.span.slice(text) == "Le Luxembourg et le Maroc ont signé une déclaration,"
    assert second.span.slice(text) == "qui porte sur la recherche et sur les jeunes pousses."


def test_a_blank_document_has_no_passage() -> None:
    assert list(cut_passages(Document("0" * 16, "a.txt", " \r\n\u2028\u00a0\t"), 20)) == []
