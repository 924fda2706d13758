"""The separator of a CSV file that states it in its first line, `sep=;`, as Excel reads it."""

import re

STATED = re.compile(r'sep=([^"\r\n\0])(?=[\r\n]|\Z)', re.IGNORECASE)


def stated_separator(text: str) -> tuple[str | None, str]:
    """Return the separator, None where none is stated, and the text with that line emptied.

    Emptied, not taken away: the lines below keep their numbers.
    """
    found = STATED.match(text)
    return (found[1], text[found.end() :]) if found else (None, text)
