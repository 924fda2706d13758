"""The word lists of `lists.toml`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "lists.toml"


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


def words_listed(name: str) -> frozenset[str]:
    """Return a list of words."""
    return frozenset(_lists()[name])


def numbers_listed(name: str) -> dict[str, int]:
    """Return a table of words and their numbers."""
    return dict(_lists()[name])


def patterns_listed(name: str) -> dict[int, str]:
    """Return a table of numbers and the patterns of their words."""
    return {int(number): str(pattern) for number, pattern in _lists()[name].items()}
