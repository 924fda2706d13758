"""Text fragments against a resolver written from the specification: the cited words, or no fragment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.snapshot import Snapshot
from rag.spans import Span
from rag.text_fragments import fragment_url, text_directive
from tests.rag.text_fragment_resolver import Directive, parse, resolve

URL = "https://journal.example/a?b=1"


def trimmed(text: str, span: Span) -> tuple[int, int]:
    words = span.slice(text)
    start = span.start + len(words) - len(words.lstrip())
    return start, start + len(words.strip())


def test_every_passage_of_the_given_articles_is_found_where_it_stands(seeds_snapshot: Snapshot) -> None:
    counted = 0
    for document in seeds_snapshot.documents():
        for passage in seeds_snapshot.passages_of(document.id):
            for span in (passage.span, *passage.sentences):
                directive = text_directive(document.text, span)
                if directive is None:  # the line it begins with stands twice, and so do its neighbours
                    assert document.text.count(span.slice(document.text).strip().splitlines()[0]) > 1
                    continue
                assert resolve(directive, document.text) == trimmed(document.text, span)
                counted += span == passage.span
    assert counted >= 40


REPEATED = "Le vote est ouvert.\nOui.\nLe Maroc a voté.\nLe vote est clos.\nOui.\nLe Luxembourg a voté."


@pytest.mark.parametrize("place", [20, 60])
def test_a_sentence_that_stands_twice_is_told_by_its_context(place: int) -> None:
    span = Span(place, place + len("Oui."))
    assert span.slice(REPEATED) == "Oui."
    directive = text_directive(REPEATED, span)
    assert directive
    assert parse(directive).prefix
    assert resolve(directive, REPEATED) == span


def test_words_that_nothing_tells_apart_get_no_fragment() -> None:
    assert text_directive("Oui.\nOui.\nOui.\nOui.\nOui.", Span(10, 14)) is None


def test_case_and_accents_tell_no_words_apart_for_a_browser() -> None:
    text = "Le préfet a signé. Puis LE PREFET A SIGNE. Fin."
    directive = text_directive(text, Span(0, 18))
    assert directive
    assert parse(directive).suffix == "Puis LE PREFET"
    assert resolve(directive, text) == (0, 18)


def test_a_long_passage_is_given_by_its_first_and_last_words() -> None:
    text = "\n".join(f"Ligne {n} du texte, qui ne dit rien d’autre que {n}." for n in range(60))
    start, end = text.index("Ligne 20 "), text.index("Ligne 41 ") - 1
    directive = text_directive(text, Span(start, end))
    assert directive
    assert len(directive) < 120
    assert resolve(directive, text) == (start, end)


def test_characters_that_mean_something_in_an_address_are_escaped() -> None:
    text = "Avant. Peut-être, R&D #1 : 50 % – oui ? Après."
    span = Span(7, 39)
    directive = text_directive(text, span)
    assert directive
    assert set("-,&# ?–").isdisjoint(directive)
    assert parse(directive) == Directive(None, span.slice(text), None, None)
    assert resolve(directive, text) == span


def test_the_fragment_of_the_address_itself_is_kept() -> None:
    text = "Un accord."
    assert fragment_url(URL, text, Span(0, 10)) == f"{URL}#:~:text=Un%20accord."
    assert fragment_url(f"{URL}#part", text, Span(0, 10)) == f"{URL}#part:~:text=Un%20accord."
    assert fragment_url(f"{URL}#part:~:text=x", text, Span(0, 10)) == f"{URL}#part:~:text=Un%20accord."
    assert fragment_url(None, text, Span(0, 10)) is None


WORDS = "Le le a Maroc signe. l’accord - é e a,b R&D œuvre fin.Début « » 1.5 e\u0301 x\u00ady 🍋 %41"
words = st.sampled_from([*WORDS.split(" "), "a" * 50])
spaces = st.sampled_from([" ", " ", " ", "  ", "\n", "\n\n", "\r\n", "\u00a0", "\u2028", ""])


@given(parts=st.lists(st.tuples(words, spaces), min_size=1, max_size=40), data=st.data())
def test_a_fragment_leads_to_the_cited_words_and_nowhere_else(
    parts: list[tuple[str, str]], data: st.DataObject
) -> None:
    text = "".join(word + space for word, space in parts)
    starts = [0]
    for word, space in parts:
        starts.append(starts[-1] + len(word) + len(space))
    first = data.draw(st.integers(0, len(parts) - 1))
    last = data.draw(st.integers(first + 1, len(parts)))
    span = Span(starts[first], starts[last])
    directive = text_directive(text, span)
    if directive is not None:
        assert resolve(directive, text) == trimmed(text, span)


@given(text=st.text(max_size=60), bounds=st.tuples(st.integers(0, 60), st.integers(0, 60)))
def test_any_place_of_any_text_gives_a_fragment_or_none(text: str, bounds: tuple[int, int]) -> None:
    directive = text_directive(text, Span(min(bounds), max(bounds)))
    assert directive is None or directive.isascii()


def test_a_distinct_sentence_always_has_a_fragment() -> None:
    text = "Un. Deux mots.\nTrois petits mots ici.\n\nFin du texte."
    for sentence in ("Un.", "Deux mots.", "Trois petits mots ici.", "Fin du texte.", text):
        start = text.index(sentence)
        directive = text_directive(text, Span(start, start + len(sentence)))
        assert directive
        assert resolve(directive, text) == (start, start + len(sentence))
