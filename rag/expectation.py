"""What kind of answer a question asks for, in French and English, and whether a sentence holds one."""

import re
from enum import Enum

from rag.letters import composed


class Kind(Enum):
    """A kind of answer that can be told by its form."""

    DATE = "date"
    NUMBER = "number"
    PERSON = "person"


_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_ENGLISH_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_WEEKDAYS = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
_ENGLISH_WEEKDAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_NUMERALS = (
    "deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|quarante|cinquante|soixante"
    "|cents?|mille|millions?|milliards?|\\w+aines?|milliers?|moitié|tiers|quart"
    "|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty"
    "|hundreds?|thousands?|dozens?|billions?|half|third|quarter"
)

# The first kind whose pattern is found in the question counts.
ASKED = {
    Kind.NUMBER: r"how (?:many|much|long|old|far|big|large|tall)|number of|combien|nombre d"
    r"|quel(?:le)? (?:âge|montant|somme|budget|prix|pourcentage|proportion|superficie|durée|taux|part)\b"
    r"|what (?:percentage|share|age)"
    r"|(?:est|was|is) (?:le|the) (?:budget|prix|montant|coût|taux|price|cost|rate|amount|size|population)",
    Kind.DATE: r"\bwhen\b|\bquand\b|(?:what|which) (?:date|year|day|month)"
    r"|quel(?:le)? (?:date|année|jour|mois)|\bdate (?:of|de)\b|\b(?:start|end) date\b",
    Kind.PERSON: r"\bwho\b|\bwhose\b|^(?:c'est )?qui\b",
}
_ASKED = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in ASKED.items()}

_CAPITAL = "[A-ZÀ-ÖØ-ÞŒ]"
HELD = {
    Kind.DATE: re.compile(
        rf"\b(?:{_MONTHS}|{_WEEKDAYS}|{_ENGLISH_MONTHS}|{_ENGLISH_WEEKDAYS})\b|\b(?:1\d|20)\d\d\b"
    ),
    Kind.NUMBER: re.compile(rf"\d|\b(?:{_NUMERALS})\b", re.IGNORECASE),
    # Two words written large that do not begin the sentence, or three anywhere.
    Kind.PERSON: re.compile(
        rf"(?<=\w[ ,«“(]){_CAPITAL}[\w’'-]+(?: \w{{1,3}})? {_CAPITAL}|{_CAPITAL}[\w’'-]+ {_CAPITAL}[\w’'-]+"
        rf"|\b(?:Mme|M\.|Mr|Mrs|Ms) {_CAPITAL}"
    ),
}


def kind_asked(question: str) -> Kind | None:
    """Return the kind of answer a question asks for; None where its form does not tell."""
    text = composed(question)
    return next((kind for kind, pattern in _ASKED.items() if pattern.search(text)), None)


def kinds_in(sentence: str) -> int:
    """Return which kinds a sentence holds, one bit each, in the order of `Kind`."""
    return sum(1 << place for place, kind in enumerate(Kind) if holds(sentence, kind))


def bit_of(kind: Kind) -> int:
    """Return the bit that stands for a kind."""
    return 1 << list(Kind).index(kind)


def holds(sentence: str, kind: Kind) -> bool:
    """Return whether a sentence holds anything of that kind."""
    return HELD[kind].search(composed(sentence)) is not None
