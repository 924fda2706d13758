"""Sentences that passages do not support, made from the passages themselves; nothing of Ibid is used.

Every one is false by construction: a figure, day, name or quotation that no passage holds, a statement
turned into its opposite, a citation that does not exist, or an invention.
"""

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

Passage = dict[str, Any]
STRANGERS = (
    "Belgique",
    "Toulouse",
    "Microsoft",
    "Jean Dupont",
    "Ursula von der Leyen",
    "Oslo",
    "Nokia",
    "Pérou",
)
MONTHS = {"janvier": "juin", "septembre": "mars", "octobre": "mai", "novembre": "août"}
INVENTIONS = (
    "The ministers were arrested for fraud",
    "Le gouvernement a démissionné hier soir",
    "The companies went bankrupt and fired all their workers",
    "Les négociations ont échoué en raison de la corruption",
    "Journalists were beaten outside the building",
    "La ministre a été condamnée à la prison",
    "The president died in a plane crash",
    "The money was stolen by officials of the agency",
    "L'accord prévoit la livraison d'armes",
    "The visit ended in a diplomatic crisis",
)


def lies_about(passages: list[Passage]) -> list[str]:
    """Return one lie of each kind that these passages lend themselves to."""
    chance = random.Random(passages[0]["text"] + str(len(passages)))
    return [lie for kind in KINDS for lie in kind(passages, chance)]


def sentences(passage: Passage) -> list[str]:
    lines = [line for line in passage["text"].splitlines() if line.strip().endswith(".")]
    parts = [part for line in lines for part in re.split(r"(?<!\bM)[.»]\s+(?=[A-ZÀ-Ý«])", line.rstrip(". "))]
    return [part.strip() for part in parts if part.count("«") == part.count("»")]


def labelled(text: str, number: int) -> str:
    return f"{text.rstrip(' .')} [{number}]."


def changed(passages: list[Passage], chance: random.Random, change: Callable[[str], str]) -> Iterator[str]:
    """Yield one sentence with a change, cited to its own passage."""
    changes = [
        (change(one), passage["number"])
        for passage in passages
        for one in sentences(passage)
        if change(one) != one
    ]
    if changes:
        yield labelled(*chance.choice(changes))


def figures(passages: list[Passage], chance: random.Random) -> Iterator[str]:
    yield from changed(
        passages, chance, lambda one: re.sub(r"\d+", lambda found: str(int(found[0]) + 7313), one)
    )


def days(passages: list[Passage], chance: random.Random) -> Iterator[str]:
    yield from changed(
        passages, chance, lambda one: re.sub("|".join(MONTHS), lambda found: MONTHS[found[0]], one)
    )


def amounts(passages: list[Passage], chance: random.Random) -> Iterator[str]:
    yield from changed(passages, chance, lambda one: re.sub(r"\bmillions\b", "milliards", one))
    yield from changed(passages, chance, lambda one: re.sub(r"\bcinquantaine\b", "centaine", one))
    yield from changed(passages, chance, lambda one: re.sub(r"\bdeux\b", "douze", one))


def names(passages: list[Passage], chance: random.Random) -> Iterator[str]:
    stranger = chance.choice(STRANGERS)
    yield from changed(
        passages,
        chance,
        lambda one: re.sub(
            r"(?<=[a-zé,] )(Luxembourg|Maroc|Marc Hansen|Sarah Lamrani|Macron|Rabat|Lisbonne)", stranger, one
        ),
    )


def mixed_names(passages: list[Passage], chance: random.Random) -> Iterator[str]:
    """Put first and last names of different people together; each word stands in the passage."""
    pair = r"(?<![A-Z])([A-Z][a-zé]{3,}) ([A-Z][a-zé]{3,})"
    for passage in passages:
        people = [found.groups() for found in re.finditer(pair, passage["text"])]
        mixed = [
            (a[0], b[1]) for a in people for b in people if a != b and f"{a[0]} {b[1]}" not in passage["text"]
        ]
        if mixed:
            first, last = chance.choice(mixed)
            yield labelled(f"La stratégie numérique a été présentée par {first} {last}", passage["number"])
            return


def quotations(passages: list[Passage], chance: random.Random) -> Iterator[str]:
    one = chance.choice(passages)
    words = sentences(one) or [one["text"]]
    yield labelled(f"Selon l’article, « {chance.choice(words)[:60]} et rien ne changera »", one["number"])


def denials(passages: list[Passage], chance: random.Random) -> Iterator[str]:
    yield from changed(
        passages,
        chance,
        lambda one: re.sub(
            r"\b(a|ont|est|sont|vise|offre) (?=[a-zé])", lambda found: f"n'{found[1]} jamais ", one, count=1
        ),
    )


def citations(passages: list[Passage], chance: random.Random) -> Iterator[str]:
    one = chance.choice(passages)
    words = (sentences(one) or [one["text"].splitlines()[0]])[0]
    yield labelled(words, len(passages) + chance.randint(1, 90))
    yield f"{words}."
    yield f"{words} [{one['number']}][0]."


def strangers(passages: list[Passage], chance: random.Random) -> Iterator[str]:
    """Cite a sentence to a passage of another article, which holds none of its names."""
    for one in passages:
        for other in passages:
            for words in sentences(one):
                named = set(re.findall(r"(?<=[a-zé,] )[A-Z][a-zé]{3,}", words))
                if (
                    named
                    and one["title"] != other["title"]
                    and not any(name in other["text"] for name in named)
                ):
                    yield labelled(words, other["number"])
                    return


def links(passages: list[Passage], chance: random.Random) -> Iterator[str]:
    number = passages[0]["number"]
    words = (sentences(passages[0]) or [passages[0]["text"].splitlines()[0]])[0]
    yield labelled(f"{words}, voir http://evil.example/?q=secret", number)
    yield labelled(f"{words} ![suite](//evil.example/pixel.png)", number)
    yield labelled(f"{words} <img src=x onerror=alert(1)>", number)
    yield labelled(f"{words} \u202egnirts", number)


def inventions(passages: list[Passage], chance: random.Random) -> Iterator[str]:
    yield labelled(chance.choice(INVENTIONS), chance.choice(passages)["number"])


KINDS = (
    figures,
    days,
    amounts,
    names,
    mixed_names,
    quotations,
    denials,
    citations,
    strangers,
    links,
    inventions,
)
