"""The press set: passages with questions in both languages, split by passage."""

import gzip
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

Part = Literal["train", "dev", "test"]

FILE = "press.jsonl.gz"
# Written for this project in the same form; all of it serves the questions, none the parallel text.
OWN = files("embeddings.training") / "phrases" / "passages.jsonl"
# The quoted quarter is never looked at while choosing settings; a tenth of the rest serves that purpose.
TEST_SHARE = 0.25
DEV_SHARE = 0.10


@dataclass(frozen=True)
class Entry:
    """One French passage, its English translation, its questions (English, French) and a near miss."""

    id: str
    french: str
    english: str
    questions: tuple[tuple[str, str], ...]
    near_miss: str


def read_press(folder: Path) -> list[Entry]:
    """Read every entry of the press set, in the file's order."""
    with gzip.open(folder / FILE, "rt", encoding="utf-8") as lines:
        return entries_of(lines)


def own_entries() -> list[Entry]:
    """Read the entries that lie in this package, in the file's order."""
    return entries_of(OWN.read_text(encoding="utf-8").splitlines())


def entries_of(lines: Iterable[str]) -> list[Entry]:
    """Turn lines of JSON into entries."""
    return [entry_of(json.loads(line)) for line in lines]


def entry_of(record: dict[str, object]) -> Entry:
    """Turn a JSON record into an ``Entry``; raises ``ValueError`` naming it where a field is missing."""
    match record:
        case {
            "id": str(name),
            "passage_fr": str(french),
            "passage_en": str(english),
            "questions": list(questions),
            "near_miss_fr": str(near_miss),
        }:
            pairs = tuple((question["en"], question["fr"]) for question in questions)
            return Entry(name, french, english, pairs, near_miss)
    raise ValueError(f"press record {record.get('id')!r}: a field is missing or of another type")


def split(entries: Sequence[Entry], seed: int) -> dict[Part, list[Entry]]:
    """Split into a quarter for the quoted figures, a development tenth of the rest, and training."""
    order = sorted(entries, key=lambda entry: entry.id)
    random.Random(seed).shuffle(order)
    test = round(len(order) * TEST_SHARE)
    dev = test + round((len(order) - test) * DEV_SHARE)
    return {"test": order[:test], "dev": order[test:dev], "train": order[dev:]}
