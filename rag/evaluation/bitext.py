"""Bitext: does an encoder find the translation of a sentence among all others?"""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings import Encoder, Vectors
from rag.errors import BadData, NoInput

GZIP = b"\x1f\x8b"
ROWS = 256  # compared at a time: 100,000 pairs then need 100 MB of memory, not 40 GB
SHOWN = 10  # bad lines listed: a file of another kind is wrong on every line
REMEDY = "write one pair a line: English, a tab, French, in UTF-8, plain or gzip"


@dataclass(frozen=True, slots=True)
class Parallel:
    """Parallel text: sentence i of `english` and sentence i of `french` say the same."""

    english: tuple[str, ...]
    french: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often the translation comes first among all sentences of the other side, 0 to 1."""

    english_to_french: float
    french_to_english: float


def load_parallel(path: Path) -> Parallel:
    """Read pairs of sentences, English TAB French; blank lines are skipped.

    Raises:
        NoInput: there is no such file, or it holds no pair.
        BadData: it is not UTF-8, not whole, or lines are not two texts; the first ones are listed.

    """
    rows = [(line, row.rstrip("\r")) for line, row in enumerate(_read(path).split("\n"), 1) if row.strip()]
    pairs = [tuple(side.strip() for side in row.split("\t")) for _, row in rows]
    wrong = [line for (line, _), pair in zip(rows, pairs, strict=True) if len(pair) != 2 or not all(pair)]
    if wrong:
        lines = ", ".join(map(str, wrong[:SHOWN])) + (", …" if len(wrong) > SHOWN else "")
        raise BadData(f"{path}: {len(wrong)} lines are not two texts with a tab between: {lines}", REMEDY)
    if not pairs:
        raise NoInput(f"{path} holds no pair of sentences", REMEDY)
    english, french = zip(*pairs, strict=True)
    return Parallel(english, french)


def bitext_accuracy(encoder: Encoder, parallel: Parallel) -> Accuracy:
    """Search each sentence's translation among all, both ways.

    Both sides are encoded as questions: models with prefixes ask for the same one on both sides
    where neither text is looked up in the other. A sentence that stands several times is right
    at each of its places.
    """
    english = encoder.encode_queries(parallel.english)
    french = encoder.encode_queries(parallel.french)
    return Accuracy(
        english_to_french=_found_first(english, french, parallel.french),
        french_to_english=_found_first(french, english, parallel.english),
    )


def _found_first(asked: Vectors, candidates: Vectors, texts: Sequence[str]) -> float:
    """Return the share of rows whose nearest candidate has the text of their own row."""
    right = 0
    for start in range(0, len(asked), ROWS):
        nearest = (asked[start : start + ROWS] @ candidates.T).argmax(axis=1)
        right += sum(texts[place] == texts[row] for row, place in enumerate(nearest, start))
    return right / len(asked)


def _read(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise NoInput(f"cannot read the parallel text {path}: {error.strerror}", REMEDY) from error
    try:
        return (gzip.decompress(raw) if raw.startswith(GZIP) else raw).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadData(f"{path} is not UTF-8 (byte {error.start})", REMEDY) from error
    except (OSError, EOFError, zlib.error) as error:
        raise BadData(f"{path} is not a whole gzip file ({error})", "copy the file again") from error
