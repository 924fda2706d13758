"""The encoding of a text: UTF-8 where it is valid, else the likeliest of those that press archives hold."""

import codecs
import re
import unicodedata
from contextlib import suppress

from rag.formats.refused import Refused

# Text has next to no control characters besides tabs and line ends; binary formats have many.
BINARY_SHARE = 0.1
CONTROLS = bytes(frozenset(range(32)) - frozenset(b"\t\n\r\f\v\x1b"))
# The longer mark first: that of UTF-32 begins like that of UTF-16.
MARKS = {
    codecs.BOM_UTF8: "utf_8_sig",
    codecs.BOM_UTF32_LE: "utf_32",
    codecs.BOM_UTF32_BE: "utf_32",
    codecs.BOM_UTF16_LE: "utf_16",
    codecs.BOM_UTF16_BE: "utf_16",
}
# Those of the languages told apart: 148 of 152 recoded pages come out right, 115 where all that the library
# knows are tried (tests/benchmarks/encodings.py).
BYTES = ("cp1252", "iso8859_15", "mac_roman", "cp1256")
WIDE = ("utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be")
# An encoding that a text states of itself leaves this as it is, for the statement was read so. UTF-16, told
# by its mark, and EBCDIC would make other words of any page; Python's own encodings read the escape.
PLAIN = bytes(range(32, 127)).replace(b"\\", rb"\u0041")
# What states the first is written in the second, whose quotation marks the first lacks (WHATWG, Encoding).
ON_THE_WEB = {"iso8859-1": "cp1252", "iso8859-9": "cp1254"}
LAST_ALPHABET = "\u06ff"  # Latin to Arabic; what is no text looks like Chinese when read as UTF-16
# A space, a full stop, and both together, read as UTF-16 one byte off.
OFF_BY_ONE = "\u2000\u2e00\u202e"
# UTF-8 that was read as Windows-1252 and saved again: "Ã©" for "é", "â€™" for "’".
MOJIBAKE = re.compile("[ÂÃ][\u00a0-\u00bf]|â€[\u0080-\u00bf\u0152-\u0178\u02c6\u02dc\u2013-\u203a\u2122]")
IN_MOJIBAKE = "ÂÃ€"  # one of these; most texts hold none, which is soon seen


def decode(content: bytes, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the characters of a text and notes on its encoding, none where it is plain UTF-8.

    Args:
        content: the bytes.
        declared: the encoding the text states of itself, believed where the bytes allow it.

    Raises:
        Refused: it is no text, its UTF-8 is broken, or its encoding cannot be told.

    """
    text, notes = _characters(content, declared)
    if nuls := text.count("\0"):
        text = text.replace("\0", "")
        notes.append(f"{nuls} NUL characters removed")
    if any(sign in text for sign in IN_MOJIBAKE) and (wrong := MOJIBAKE.findall(text)):
        notes.append(f"{len(wrong)} places look wrongly decoded, as {wrong[0]!r}; kept as they are")
    return text, tuple(notes)


def _characters(content: bytes, declared: str | None) -> tuple[str, list[str]]:
    mark = next((mark for mark in MARKS if content.startswith(mark)), None)
    if mark == codecs.BOM_UTF8:
        return _utf_8(content.removeprefix(mark), declared, ["byte order mark removed"])
    if mark:
        return _strictly(content, MARKS[mark]), [f"read as {_name(MARKS[mark])}, as its first bytes say"]
    if content.count(0) > BINARY_SHARE * len(content):
        _refuse_broken_wide(content)
        return _detected(content, WIDE)
    return _utf_8(content, declared, [])


def _utf_8(content: bytes, declared: str | None, notes: list[str]) -> tuple[str, list[str]]:
    if len(content) - len(content.translate(None, CONTROLS)) > BINARY_SHARE * len(content):
        raise Refused("binary", "holds more control characters than any text")
    try:
        return content.decode("utf-8"), notes
    except UnicodeDecodeError as error:
        _refuse_broken(content, error)
    return _as_declared(content, declared) or _detected(content, BYTES)


def _refuse_broken(content: bytes, error: UnicodeDecodeError) -> None:
    """Refuse a text that is UTF-8 but for some bytes: in another encoding all its accents would be wrong."""
    readable = content.decode("utf-8", "replace")
    wrong = readable.count("\ufffd")
    if sum(character > "\x7f" for character in readable) > 2 * wrong:
        detail = f"byte {error.start} is not valid UTF-8, which the rest is; mend it and save again"
        raise Refused("encoding-error", detail)


def _refuse_broken_wide(content: bytes) -> None:
    """Refuse a text that is UTF-16 or UTF-32 but for some bytes."""
    for encoding in WIDE:
        try:
            content.decode(encoding)
        except UnicodeDecodeError as error:
            if _is_text(content.decode(encoding, "replace"), WIDE):
                detail = f"byte {error.start} is not valid {_name(encoding)}, which the rest is"
                raise Refused("encoding-error", f"{detail}; mend it and save again") from None


def _refuse_broken_end(text: str, encoding: str) -> None:
    """Refuse a text that goes on one byte off, or in another encoding.

    Any bytes are some UTF-16, most of them Chinese. Nothing but the bytes says that it is UTF-16, so letters
    of other alphabets at its end speak against it.
    """
    place = len(text)
    while place and text[place - 1] > LAST_ALPHABET:
        place -= 1
    if any(unicodedata.category(one) in ("Lo", "Co", "Cn") or one in OFF_BY_ONE for one in text[place:]):
        first = len(text[:place].encode(encoding))
        detail = f"from byte {first} on it is no text as {_name(encoding)}, which the rest is"
        raise Refused("encoding-error", f"{detail}; mend it or save it as UTF-8")


def _as_declared(content: bytes, declared: str | None) -> tuple[str, list[str]] | None:
    with suppress(LookupError, ValueError):
        stated = _name(declared or "")
        encoding = ON_THE_WEB.get(stated, stated)
        if PLAIN.decode(encoding) == PLAIN.decode():
            return content.decode(encoding), [f"read as {encoding}, as it states"]
    return None


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        detail = f"byte {error.start} is not valid {_name(encoding)}, which its first bytes announce"
        raise Refused("encoding-error", detail) from None


def _detected(content: bytes, candidates: tuple[str, ...]) -> tuple[str, list[str]]:
    from charset_normalizer import from_bytes  # not needed where everything is UTF-8

    best = from_bytes(content, cp_isolation=list(candidates)).best()
    text = "" if best is None else str(best)
    if best is None or not _is_text(text, candidates):
        kind = "binary" if candidates == WIDE else "unknown-encoding"
        raise Refused(kind, "is no text in any known encoding; save it as UTF-8")
    if candidates == WIDE:
        _refuse_broken_end(text, best.encoding)
    return text, [f"read as {_name(best.encoding)}, detected: it is not UTF-8"]


def _is_text(text: str, candidates: tuple[str, ...]) -> bool:
    known = sum(character <= LAST_ALPHABET and not "\x00" <= character <= "\x08" for character in text)
    return candidates != WIDE or 2 * known > len(text)


def _name(encoding: str) -> str:
    return codecs.lookup(encoding).name
