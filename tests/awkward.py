"""Texts as they come: several languages, every kind of line end and space, emoji, marks, no spaces at all."""

import unicodedata

from hypothesis import strategies as st

PIECES = (
    "Le Luxembourg et le Maroc signent un accord. ",
    "« Oui. » dit-il. ",
    "M. Dupont, l'art. 5 et Mme Müller (n° 12) : 3,5 % en janv. 2021… ",
    "What did they sign? Nothing! ",
    "وقعت المملكة المغربية اتفاقية. ",
    "会議は終わった。",
    unicodedata.normalize("NFD", "Évêque, garçon, œuvre, naïveté. "),
    "e\u0301\u0327\u0302 ",  # a letter with three marks
    "\u0301\u0301",  # marks without a letter
    "👩\u200d👩\u200d👧\u200d👦",  # a family: four emoji joined
    "👍🏽 🇲🇦🇱🇺",
    "\U0001d400\U00020000",  # beyond the basic plane
    "ﬁn de l’aﬀaire. ",  # ligatures
    "\n", "\r\n", "\r", "\n\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c",
    " ", "\t", "\u00a0", "\u202f", "\u3000", "\u200b", "\u00ad", "\ufeff", "\u202e",
    "\x00", "\x07", "\x1b[31m", "\x7f", "\x9b",
    ".", "...", "?!", "»", "(", ")", ",", ";", ":", "-", "_", "0", "12.5", "a", "Z",
)  # fmt: skip

pieces = st.sampled_from(PIECES) | st.text(max_size=12)
# Runs without a space, up to several times the length of the longest passage.
runs = st.builds(
    lambda piece, times: piece * times,
    st.sampled_from(("a", "é", "-", "ab1", "字", "🇲🇦", ". ")),
    st.integers(2, 3000),
)

texts = st.lists(pieces | runs, max_size=40).map("".join)


def is_visible(character: str) -> bool:
    """Return whether a character is neither white space nor a control."""
    return not character.isspace() and unicodedata.category(character) != "Cc"


visible_texts = texts.filter(lambda text: any(map(is_visible, text)))
