"""Sentences made from this project's own word lists and templates, where the parallel text is thin."""

import random
from importlib.resources import files

from embeddings.training.parallel import Pair

FOLDER = files("embeddings.training") / "phrases"
FIRST_NAMES = [
    "Amina",
    "Karim",
    "Salma",
    "Youssef",
    "Leïla",
    "Omar",
    "Nadia",
    "Rachid",
    "Fatou",
    "Moussa",
    "Aïcha",
    "Ibrahim",
    "Jean",
    "Marie",
    "Claire",
    "Luc",
    "Paul",
    "Anne",
    "Pedro",
    "Lucía",
    "Marco",
    "Giulia",
    "Hans",
    "Greta",
    "Piotr",
    "Olga",
    "Ivan",
    "Emma",
    "James",
    "Sarah",
    "John",
    "Kate",
    "Wei",
    "Yuki",
    "Raj",
    "Priya",
]
LAST_NAMES = [
    "Benali",
    "Alaoui",
    "Haddad",
    "Mansouri",
    "Idrissi",
    "Trabelsi",
    "Diallo",
    "Traoré",
    "Keïta",
    "Ndiaye",
    "Koné",
    "Okafor",
    "Mensah",
    "Dubois",
    "Lefèvre",
    "Moreau",
    "Girard",
    "Martin",
    "García",
    "Fernández",
    "Rossi",
    "Bianchi",
    "Müller",
    "Schmidt",
    "Nowak",
    "Petrov",
    "Ivanova",
    "Smith",
    "Brown",
    "Taylor",
    "Wilson",
    "Chen",
    "Tanaka",
    "Kumar",
    "Khan",
    "Silva",
    "Peeters",
    "Lindqvist",
]


def rows(name: str) -> list[list[str]]:
    """Return the tab-separated rows of one file of the phrase folder."""
    return [line.split("\t") for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def glossary() -> list[Pair]:
    """Return the pairs of words and short terms, the infinitive's "to" left out."""
    return [Pair("phrases", english.removeprefix("to "), french) for english, french in rows("words.tsv")]


def questions() -> list[Pair]:
    """Return the questions in both languages, which parallel text is poor in."""
    return [Pair("questions", english, french) for english, french in rows("questions.tsv")]


def country_slots(row: list[str], other: list[str]) -> dict[str, str]:
    """Return what the templates may say of two countries (columns in the folder's README)."""
    names = ("country_en", "country_fr", "country_in", "country_of", "adj_en", "adj_m", "adj_f")
    others = ("other_en", "other_fr", "other_in", "other_of", "other_adj_en", "other_adj_m", "other_adj_f")
    slots = dict(zip(names, row, strict=False)) | dict(zip(others, other, strict=False))
    return slots | {
        "capital_en": row[7],
        "capital_fr": row[8],
        "capital2_en": other[7],
        "capital2_fr": other[8],
    }


def number_slots(draw: random.Random) -> dict[str, str]:
    """Return numbers and years, the same in both languages."""
    return {
        "n": str(draw.randint(11, 99)),
        "n2": str(draw.randint(2, 28)),
        "n3": str(draw.randint(2, 9)),
        "year": str(draw.randint(1995, 2029)),
        "oldyear": str(draw.randint(1900, 1994)),
    }


def person(draw: random.Random) -> str:
    """Return an invented person's name."""
    return f"{draw.choice(FIRST_NAMES)} {draw.choice(LAST_NAMES)}"


def sentences(count: int, seed: int) -> list[Pair]:
    """Return ``count`` filled templates, every template and country used about equally often."""
    draw = random.Random(seed)
    countries, templates = rows("countries.tsv"), rows("templates.tsv")
    slots: dict[str, list[list[str]]] = {}
    for kind, english, french in rows("slots.tsv"):
        slots.setdefault(kind, []).append([english, french])
    made = []
    for index in range(count):
        filling = country_slots(*draw.sample(countries, 2)) | number_slots(draw)
        filling |= {"person": person(draw), "person2": person(draw)}
        for kind, choices in slots.items():
            filling[f"{kind}_en"], filling[f"{kind}_fr"] = draw.choice(choices)
        english, french = (side.format_map(filling) for side in templates[index % len(templates)])
        made.append(Pair("phrases", english[0].upper() + english[1:], french[0].upper() + french[1:]))
    return made
