"""The encoding of a text: UTF-8, or it is refused."""

from rag.formats.refused import Refused

# Text has next to no control characters besides tabs and line ends; binary formats have many.
BINARY_SHARE = 0.1
CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\v\x1b")


def decode(content: bytes) -> str:
    """Return the characters of a text.

    Raises:
        Refused: it is no text, or no UTF-8.

    """
    if sum(content.count(byte) for byte in CONTROLS) > BINARY_SHARE * len(content):
        raise Refused("binary", "holds more control characters than any text")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        detail = f"byte {error.start} is not valid UTF-8; save the file as UTF-8"
        raise Refused("not-utf-8", detail) from None
