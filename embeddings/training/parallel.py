"""Parallel text: reading it, dropping what is not a translation, choosing what is worth training on."""

import gzip
import hashlib
import json
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

TRAINED_ON = (
    "canada_laws",
    "python_docs",
    "eurovoc",
    "cldr_names",
    "digital_playbook",
    "europarl_train",
    "cds_blog",
    "tatoeba_short",
)
HELD_OUT = ("europarl_dev", "flores_dev")

# French runs 15 to 20 % longer than English; outside these bounds a pair of this length is misaligned.
SHORTEST_RATIO = 0.6
LONGEST_RATIO = 2.2
# Below this many characters a ratio says nothing ("Yes." and "Absolument.").
RATIO_FROM = 25
LONGEST_CHARACTERS = 700

WORD = re.compile(r"[^\W\d_]+")
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Pair:
    """One English text and its French translation."""

    source: str
    english: str
    french: str


def file_of(folder: Path, source: str) -> Path:
    """Return the file that holds the parallel text ``source``."""
    return folder / f"{source}.en-fr.tsv.gz"


def read_pairs(folder: Path, source: str) -> Iterator[Pair]:
    """Yield the pairs of a file of ``English TAB French``; raises ``ValueError`` on a line without a tab."""
    with gzip.open(file_of(folder, source), "rt", encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, start=1):
            english, tab, french = line.rstrip("\n").partition("\t")
            if not tab:
                raise ValueError(f"{source}, line {number}: no tab between English and French")
            yield Pair(source, english.strip(), french.strip())


def fold(text: str) -> str:
    """Return ``text`` in lower case without accents, as the tokenizer sees it."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> list[str]:
    """Return the folded words of ``text``, numbers and punctuation left out."""
    return WORD.findall(fold(text))


def is_translation(pair: Pair) -> bool:
    """Tell whether the lengths and letters of a pair allow it to be a translation."""
    english, french = pair.english, pair.french
    if not WORD.search(english) or not WORD.search(french):
        return False
    if max(len(english), len(french)) > LONGEST_CHARACTERS:
        return False
    if max(len(english), len(french)) < RATIO_FROM:
        return True
    return SHORTEST_RATIO <= len(french) / len(english) <= LONGEST_RATIO and english != french


def without_repeats(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Yield the pairs whose English, numbers aside, has not come before in the same source."""
    seen: set[tuple[str, str]] = set()
    for pair in pairs:
        key = (pair.source, DIGITS.sub("0", pair.english.lower()))
        if key not in seen:
            seen.add(key)
            yield pair


def with_rare_words(pairs: Iterable[Pair], cap: int, seed: int) -> list[Pair]:
    """Keep a pair while one of its words was kept fewer than ``cap`` times, in a seeded order."""
    shuffled = list(pairs)
    random.Random(seed).shuffle(shuffled)
    count: Counter[str] = Counter()
    kept = []
    for pair in shuffled:
        found = {f"e {word}" for word in words(pair.english)} | {f"f {word}" for word in words(pair.french)}
        if any(count[word] < cap for word in found):
            count.update(found)
            kept.append(pair)
    return kept


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def select(folder: Path, law_word_cap: int, seed: int) -> list[Pair]:
    """Return the pairs to train on: all small sources, and the law where it brings rare words."""
    kept: list[Pair] = []
    for source in TRAINED_ON:
        clean = list(without_repeats(filter(is_translation, read_pairs(folder, source))))
        kept += with_rare_words(clean, law_word_cap, seed) if source == "canada_laws" else clean
    return kept


def write_pairs(path: Path, pairs: Iterable[Pair]) -> None:
    """Write pairs as one JSON list a line: source, English, French."""
    with path.open("w", encoding="utf-8") as file:
        for pair in pairs:
            file.write(json.dumps([pair.source, pair.english, pair.french], ensure_ascii=False) + "\n")


def read_selected(path: Path) -> list[Pair]:
    """Read what ``write_pairs`` wrote."""
    with path.open(encoding="utf-8") as file:
        return [Pair(*json.loads(line)) for line in file]
