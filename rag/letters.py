"""Letters that are written in several ways."""

import unicodedata

# `re.IGNORECASE` takes these for alike, `str.lower` does not make them so. Long s, i without a dot, capital i
# with one, the sign of kelvin: one code point each, so that places hold.
PLAIN = str.maketrans("\u017f\u0131\u0130\u212a", "siIK")


def composed(text: str) -> str:
    """Return a text with each accent and its letter as one; macOS writes names of files with both apart."""
    return unicodedata.normalize("NFC", text)
