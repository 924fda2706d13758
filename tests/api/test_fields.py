"""The cleaning of questions and the pattern that states it are the same rule."""

import re
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from api.fields import BLANK, CONTROL, MAX_QUESTION, TRIMMED, clean_question

some_blanks = st.text(" \n\t\xa0\u200b\u2028\u2060\ufeff\x07", max_size=4)


def cleaned(question: str) -> str | None:
    try:
        return clean_question(question)
    except PydanticCustomError:
        return None


@given(st.builds("{}{}{}".format, some_blanks, st.text(max_size=5), some_blanks))
@example("a" * MAX_QUESTION)
@example(" " + "a" * MAX_QUESTION + " ")
@example("a" * (MAX_QUESTION + 1))
@example("a" + " " * MAX_QUESTION + "a")
@example("\0a")
@example("a\0")
def test_the_schema_allows_exactly_what_is_taken(question: str) -> None:
    stated = re.fullmatch(TRIMMED, question) is not None and "\0" not in question
    # Which characters are seen no pattern can say (some 700 ranges); the description does.
    seen = any(c.isprintable() and not c.isspace() for c in question)
    assert (stated and seen) == (cleaned(question) is not None)


@given(st.text())
def test_cleaning_is_idempotent_and_keeps_every_visible_character(question: str) -> None:
    clean = cleaned(question)
    if clean is None:
        return
    assert clean_question(clean) == clean
    visible = [c for c in question if not re.match(f"[{BLANK}]", c)]
    assert [c for c in clean if not re.match(f"[{BLANK}]", c)] == visible


def test_no_letter_digit_mark_or_sign_counts_as_blank() -> None:
    blank = re.compile(f"[{BLANK}]")
    found = {unicodedata.category(c) for c in map(chr, range(0x110000)) if blank.match(c)}
    assert found <= {"Zs", "Zl", "Zp", "Cc", "Cf", "Cn"}
    spaces = {c for c in map(chr, range(0x110000)) if unicodedata.category(c)[0] == "Z" or c.isspace()}
    assert all(blank.match(c) for c in spaces)


def test_the_control_characters_are_those_of_unicode() -> None:
    controls = {c for c in map(chr, range(0x110000)) if unicodedata.category(c) == "Cc"}
    assert {c for c in map(chr, range(0x110000)) if CONTROL.match(c)} == controls
