"""Sentence spans, for French, English and other languages with the same marks."""

import re
from collections.abc import Iterator
from functools import cache

import nupunkt
from nupunkt import PunktSentenceTokenizer

from rag.spans import Span

# Abbreviations after which a sentence goes on, French and English. The library's own list of
# 5,865 comes from legal English and holds everyday French words (sens, fin, jour, an, cas).
ABBREVIATIONS = (
    # French
    *(
        "apr",
        "arr",
        "art",
        "av",
        "bd",
        "c.-à-d",
        "cf",
        "chap",
        "coll",
        "dept",
        "dr",
        "env",
        "ex",
        "fig",
        "févr",
    ),
    *(
        "hab",
        "ibid",
        "janv",
        "j.-c",
        "juil",
        "jr",
        "lt",
        "m",
        "mgr",
        "mlle",
        "mlles",
        "mm",
        "mme",
        "mmes",
        "n.b",
    ),
    *("nov", "oct", "p", "p.ex", "pp", "pr", "prof", "réf", "secr", "sept", "sgt", "sr", "st", "ste", "stes"),
    *("sté", "suppl", "tél", "trad", "univ", "vol", "vs"),
    # English
    *(
        "adm",
        "apr",
        "aug",
        "ave",
        "blvd",
        "capt",
        "co",
        "corp",
        "dec",
        "e.g",
        "feb",
        "gen",
        "gov",
        "hon",
        "i.e",
    ),
    *(
        "inc",
        "jan",
        "jul",
        "jun",
        "ltd",
        "messrs",
        "mr",
        "mrs",
        "ms",
        "mt",
        "rep",
        "rev",
        "sen",
        "sep",
        "viz",
    ),
)

# A line that ends without any closing mark and goes on in lower case was wrapped, not ended.
PARAGRAPH = re.compile(
    r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+(?:(?<![.!?…:;»”\"])\r?\n(?=[a-zà-öø-ÿœ])[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+)*"
)
# Where nupunkt sees two sentences, French has one: "« Oui. » dit-il" goes on in lower case, and
# a number goes on after an abbreviation ("art. 5", "janv. 2021", "n° 12. 345").
CONTINUES = re.compile(r"[a-zà-öø-ÿœ,;:»)\]”]")
# Somebody's initials alone are no sentence ("J.-N. A. : Sauver, non.").
INITIALS = re.compile(r"(?:[A-ZÀ-ÖØ-Þ]\.[ -]?)+")
ABBREVIATED_NUMBER = re.compile(r"\b(?:{})\.$".format("|".join(map(re.escape, ABBREVIATIONS))), re.IGNORECASE)
# The library works on a paragraph as a whole; without sentence marks this is far beyond any real one.
LONGEST_PARAGRAPH = 100_000


def sentence_spans(text: str, within: Span | None = None) -> Iterator[Span]:
    """Yield the sentences of a text, or of a part of it, in order and without overlaps.

    Each span starts and ends with a visible character; blank text yields nothing. Line
    breaks end a sentence, unless the line was plainly wrapped.
    """
    start, end = within or Span(0, len(text))
    for paragraph in PARAGRAPH.finditer(text, start, end):
        for at in range(paragraph.start(), paragraph.end(), LONGEST_PARAGRAPH):
            yield from _split(text, Span(at, min(at + LONGEST_PARAGRAPH, paragraph.end())))


def _split(text: str, paragraph: Span) -> Iterator[Span]:
    open_start: int | None = None
    for start, end in _tokenizer().span_tokenize(paragraph.slice(text)):
        sentence = trimmed(text, Span(start, end).shifted(paragraph.start))
        if sentence is None:
            continue
        if open_start is None:
            open_start, open_end = sentence
        elif _goes_on(text[open_start:open_end], text[sentence.start : sentence.start + 1]):
            open_end = sentence.end
        else:
            yield Span(open_start, open_end)
            open_start, open_end = sentence
    if open_start is not None:
        yield Span(open_start, open_end)


def _goes_on(before: str, following: str) -> bool:
    return bool(
        CONTINUES.match(following)
        or INITIALS.fullmatch(before)
        or (following.isdigit() and ABBREVIATED_NUMBER.search(before))
    )


def trimmed(text: str, span: Span) -> Span | None:
    """Return the span without white space and controls at its ends; None where nothing is left."""
    start, end = span
    while start < end and not _visible(text[start]):
        start += 1
    while end > start and not _visible(text[end - 1]):
        end -= 1
    return Span(start, end) if start < end else None


def _visible(character: str) -> bool:
    return not character.isspace() and (character.isprintable() or character > "\x9f")


@cache
def _tokenizer() -> PunktSentenceTokenizer:
    tokenizer = nupunkt.load_default_model()
    for abbreviation in tokenizer.abbreviations.difference(ABBREVIATIONS):
        # Initials and the like ("u.s", "s.a") are abbreviations in any language.
        if "." not in abbreviation:
            tokenizer.remove_abbreviation(abbreviation)
    tokenizer.add_abbreviations(list(ABBREVIATIONS))
    return tokenizer
