"""Letters that pass for others: all that a search without case takes for a letter from a to z."""

import re
import sys

from rag.letters import PLAIN


def test_every_letter_that_passes_for_another_is_known() -> None:
    every = map(chr, range(128, sys.maxunicode + 1))
    found = {ord(letter) for letter in every if re.fullmatch("[a-z]", letter, re.IGNORECASE)}
    assert found == set(PLAIN)
    assert all(re.fullmatch(chr(odd), chr(plain), re.IGNORECASE) for odd, plain in PLAIN.items())
