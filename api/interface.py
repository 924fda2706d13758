"""The languages the page speaks, and which of them a reader wants."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request

LANGUAGES = ("en", "fr")  # the first is spoken to readers who want neither
THOUSANDS = {"en": ",", "fr": "\u202f"}  # narrow no-break space, as Unicode CLDR has it
ITEM = re.compile(r"/[0-9]+$")  # of a list, at the end of a pointer
COOKIE = "ibid_language"
STATIC = Path(__file__).parent / "static"

Messages = Mapping[str, Any]


@cache
def messages(language: str) -> Messages:
    """Return the sentences of the page in one of `LANGUAGES`."""
    spoken: Messages = json.loads((STATIC / f"messages.{language}.json").read_text("utf-8"))
    return spoken


def language_of(request: Request) -> str:
    """Return the language in which to speak to this reader."""
    return choose(request.cookies.get(COOKIE), request.headers.get("accept-language", ""))


def choose(cookie: str | None, accept_language: str) -> str:
    """Return the language chosen by the reader's own switch, else by the browser (RFC 9110, 12.5.4)."""
    if cookie in LANGUAGES:
        return cookie
    wanted = [_preference(item) for item in accept_language.split(",")]
    known = [(weight, language) for weight, language in wanted if language in LANGUAGES and weight > 0]
    return max(known, key=lambda item: item[0])[1] if known else LANGUAGES[0]


def _preference(item: str) -> tuple[float, str]:
    """Return weight and primary language of one item of Accept-Language; malformed weights count as 0."""
    tag, _, weight = item.partition(";")
    try:
        return float(weight.strip().removeprefix("q=") or 1), tag.strip().lower().split("-")[0]
    except ValueError:
        return 0.0, ""


def counted(message: Mapping[str, str], n: int, language: str) -> str:
    """Return the singular or plural form with its number (Unicode CLDR: French 0 is singular)."""
    one = n in (0, 1) if language == "fr" else n == 1
    digits = f"{n:,}".replace(",", THOUSANDS[language])
    return message["one" if one else "other"].format(n=digits)


def noticed(notice: Mapping[str, Any], spoken: Messages, language: str) -> str | None:
    """Return a warning of a reply in the page's words; None where it has none for its code."""
    message, values = spoken["notices"].get(notice["code"]), notice["values"]
    if message is None or isinstance(message, str):
        return message and message.format_map({name: _named(name, values, spoken) for name in values})
    return counted(message, values["n"], language)


def _named(name: str, values: Mapping[str, Any], spoken: Messages) -> str:
    """Write what a warning names, with a sign where it names some of many; a language by its name."""
    listed = values[name] if isinstance(values[name], list) else [values[name]]
    words = [str(spoken["languages"].get(one, one) if "language" in name else one) for one in listed]
    return ", ".join([*words, "…"] if values.get(f"more_{name}") else words)


def explained(slug: str, pointers: Sequence[str], spoken: Messages) -> str | None:
    """Return what is wrong in the page's words: by the kind of problem, else by the places of wrong values.

    It is empty where the advice says it all, None where the page has no words for it.
    """
    if (told := spoken["problems"].get(slug)) is not None:
        return str(told)
    faults = [spoken["faults"].get(ITEM.sub("", pointer)) for pointer in pointers]
    return " ".join(dict.fromkeys(faults)) if faults and all(faults) else None


def strength(confidence: float, spoken: Messages) -> str:
    """Return a confidence between 0 and 1 in words and per cent.

    The floors stand with the words, in per cent as they are shown: from 80, four answers in five, it is
    strong; below an even chance it is weak.
    """
    percent = int(confidence * 100 + 0.5)
    words = next(words for floor, words in spoken["confidence"] if percent >= floor)
    return str(spoken["strength"]).format(words=words, percent=percent)
