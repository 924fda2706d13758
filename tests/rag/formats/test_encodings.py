"""Encodings: what is valid UTF-8 is that; the rest is told from the bytes, said in a note, or refused."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.formats.encodings import decode
from rag.formats.html import declared_charset
from rag.formats.refused import Refused
from tests.rag.labelled_pages import read_pages

PAGES = [page for page in read_pages("dev") if page.language in ("fr", "en")]
FRENCH = "Le Sénat a voté l'accord sur l'énergie, où « tout » reste à faire."


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])).map(lambda text: text.replace("\ufeff", "")))
def test_valid_utf_8_is_never_taken_for_anything_else(text: str) -> None:
    assert decode(text.encode())[0] == text


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac-roman"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_letters_of_a_page_come_back_from_an_old_encoding_with_a_note(page, encoding: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    text = "".join(character for character in page.text if _holds(encoding, character))
    content = text.encode(encoding)
    if content.decode("utf-8", "replace") == text:
        pytest.skip("the page is ASCII")
    found, (note,) = decode(content)
    assert [c for c in found if c.isalpha()] == [c for c in text if c.isalpha()]
    assert note.startswith("read as ")
    assert "detected" in note


def _holds(encoding: str, character: str) -> bool:
    return character.encode(encoding, "replace") != b"?" or character == "?"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_wide_characters_are_read_with_and_without_their_mark(encoding: str) -> None:
    text, (note,) = decode(FRENCH.encode(encoding))
    assert text == FRENCH
    assert encoding in note


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (FRENCH.encode() + b"\xe9", f"byte {len(FRENCH.encode())} "),
        (b"\xe9" + FRENCH.encode(), "byte 0 "),
        ("été\n".encode() + b"\xff" + "été".encode(), "byte 6 "),
    ],
)
def test_utf_8_with_a_broken_place_is_refused_at_its_byte(content: bytes, place: str) -> None:
    with pytest.raises(Refused) as caught:
        decode(content)
    assert caught.value.reason == "encoding-error"
    assert place in caught.value.detail


LONG = FRENCH * 20 + "🙂 Fin. "


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("behind", [0, 1, 200])
def test_wide_characters_with_a_broken_place_are_refused_at_its_byte(encoding: str, behind: int) -> None:
    sound = LONG.encode(encoding)
    place = len(sound) - behind * len("a".encode(encoding))
    for broken in (sound[:place] + b"\xdc\xdc\xdc\xdc" + sound[place:], sound[: place - 1]):
        at = place if len(broken) > len(sound) else place - len(" ".encode(encoding))
        with pytest.raises(Refused) as caught:
            decode(broken)
        assert caught.value.reason == "encoding-error"
        assert f"byte {at} is not valid {encoding}" in caught.value.detail


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("behind", [5, 9, 21, 41])
@pytest.mark.parametrize("end", [" ", "\n"])
def test_utf_16_that_goes_on_as_something_else_is_refused(encoding: str, behind: int, end: str) -> None:
    sound = (FRENCH * 40 + end).encode(encoding)
    lost = sound[:-behind] + sound[1 - behind : -1]
    added = sound[:-behind] + b"\n" + sound[-behind:] + b"\n"
    for broken in (lost, added, sound + "Une fin ajoutée à côté. ".encode()):
        with pytest.raises(Refused, match=f"from byte .* as {encoding}, which the rest is") as caught:
            decode(broken)
        assert caught.value.reason == "encoding-error"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "end", ["…", "»", "”", " – 5 €", "■", "☀", "👩‍💻", "العربية", "\u202c", "™\r\n", "\u200b"]
)
def test_signs_at_the_end_of_utf_16_are_text(encoding: str, end: str) -> None:
    assert decode((FRENCH + end).encode(encoding))[0] == FRENCH + end


def test_an_encoding_the_page_states_is_believed_only_where_the_bytes_allow_it() -> None:
    recoded = "prix : 5 € pour l'œuvre".encode("iso8859-15")
    assert decode(recoded, "iso-8859-15") == (
        "prix : 5 € pour l'œuvre",
        ("read as iso8859-15, as it states",),
    )
    assert decode(FRENCH.encode(), "iso-8859-15") == (FRENCH, ())
    for wrong in ("ascii", "no-such-encoding", "no\0name", "undefined", "idna"):
        assert decode(FRENCH.encode("latin-1"), wrong)[0] == FRENCH
    for wrong in ("utf-16", "utf-16-le", "utf-32", "cp037", "cp500", "raw_unicode_escape"):
        for text in (FRENCH, f"{FRENCH}.", rf"{FRENCH} \u0041"):
            assert decode(text.encode("latin-1"), wrong)[0] == text
    halves = rf"{FRENCH} \ud800".encode("latin-1")
    assert decode(halves, "unicode_escape")[0] == rf"{FRENCH} \ud800"


@pytest.mark.parametrize("statement", ['<meta charset="{}">', "<?xml version='1.0' encoding='{}'?>"])
@pytest.mark.parametrize("encoding", ["iso8859-15", "mac-roman", "cp1252"])
def test_the_encoding_is_stated_by_html_or_by_xml(statement: str, encoding: str) -> None:
    page = statement.format(encoding) + "<p>Ils ont signé un accord de 5 M€ à Rabat.</p>"
    content = page.encode(encoding)
    assert decode(content, declared_charset(content)) == (page, (f"read as {encoding}, as it states",))


def test_a_page_that_states_latin_1_keeps_the_quotation_marks_of_windows() -> None:
    text = "l’accord – « oui » – à 5 €"
    assert decode(text.encode("cp1252"), "ISO-8859-1") == (text, ("read as cp1252, as it states",))
    assert decode("İstanbul’da".encode("cp1254"), "iso-8859-9")[0] == "İstanbul’da"


@pytest.mark.parametrize("seed", range(20))
def test_bytes_at_random_are_no_text(seed: int) -> None:
    with pytest.raises(Refused):
        decode(random.Random(seed).randbytes(4000))


@pytest.mark.parametrize("text", ["l'Ã©tÃ©", "lâ€™accord", "Ã  la une"])
def test_text_decoded_wrongly_before_is_flagged_and_kept(text: str) -> None:
    found, (note,) = decode(text.replace("Ã ", "Ã\u00a0").encode())
    assert found == text.replace("Ã ", "Ã\u00a0")
    assert "wrongly decoded" in note


@given(st.text("ÂÃâ€\u00a0»¿™œ–a", max_size=12))
def test_all_such_places_are_counted(text: str) -> None:
    pairs, triples = "[ÂÃ][\u00a0-\u00bf]", "â€[\u0080-\u00bfœŸ–—‘’“”†‡•…‰‹›™ˆ˜ŒšŠžŽ]"
    count = len(re.findall(f"{pairs}|{triples}", text))
    _, notes = decode(text.encode())
    assert [note.split()[0] for note in notes] == [str(count)] * (count > 0)


@pytest.mark.parametrize("text", ["NÃO, a MANHÃ", "Château, été, à", "l’accord – « oui »", "ÂGE"])
def test_ordinary_letters_are_not_flagged(text: str) -> None:
    assert decode(text.encode()) == (text, ())
