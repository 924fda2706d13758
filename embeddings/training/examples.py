"""What the student reads: which pairs, how often, and longer texts joined from them."""

import random
import re
from collections import Counter
from collections.abc import Sequence

from embeddings.training.parallel import Pair, with_rare_words
from embeddings.training.phrasebook import glossary, questions, sentences
from embeddings.training.press import Entry

# How often each source is repeated in one pass: what resembles the press, and what is short, comes more
# often.
REPEATS = {
    "europarl_train": 4,
    "cds_blog": 2,
    "press": 3,
    "tatoeba_short": 2,
    "cldr_names": 2,
    "phrases": 2,
    "questions": 4,
}
# Everyday language and terms come twice for the static vectors.
STATIC_TWICE = ("eurovoc", "cldr_names", "tatoeba_short", "europarl_train", "cds_blog")
# The law and the manual, of which the transformer reads less than the static vectors do.
THINNED = ("canada_laws", "python_docs")
LONGEST_WORDS = 36
PHRASES = 5_000
# One text in 40 is several neighbours joined, so that passages of 100 to 200 tokens are seen.
JOINED_SHARE = 0.025
JOINED = 4
SENTENCE_END = re.compile(r"(?<=[.!?»”])\s+(?=[A-ZÀÂÇÉÈÊÎÔ«“])")


def press_pairs(entries: Sequence[Entry]) -> list[Pair]:
    """Return passages, questions and, where both languages have as many, sentences as pairs."""
    pairs = []
    for entry in entries:
        pairs.append(Pair("press", entry.english, entry.french))
        pairs += [Pair("press", english, french) for english, french in entry.questions]
        english_parts, french_parts = (SENTENCE_END.split(side) for side in (entry.english, entry.french))
        if len(english_parts) == len(french_parts) > 1:
            pairs += [
                Pair("press", left, right) for left, right in zip(english_parts, french_parts, strict=True)
            ]
    return pairs


def widen(pairs: list[Pair], press: Sequence[Entry], seed: int) -> list[Pair]:
    """Return the pairs with this project's own phrases and questions and the ``press`` entries added."""
    return [*pairs, *glossary(), *sentences(PHRASES, seed), *questions(), *press_pairs(press)]


def thin(pairs: Sequence[Pair], caps: Sequence[int], seed: int) -> list[Pair]:
    """Return what the transformer is trained on: long and repetitive pairs of the large sources left out.

    A pair of a source in ``THINNED`` stays while it holds a word seen fewer times than the source's cap.
    """
    kept = [pair for pair in pairs if pair.source not in THINNED]
    for source, cap in zip(THINNED, caps, strict=True):
        short = [
            pair for pair in pairs if pair.source == source and len(pair.french.split()) <= LONGEST_WORDS
        ]
        kept += with_rare_words(short, cap, seed)
    return kept


def joined(pairs: Sequence[Pair], share: float, seed: int) -> list[Pair]:
    """Return ``share`` times as many pairs as given, each made of ``JOINED`` pairs of one source."""
    draw = random.Random(seed)
    by_source: dict[str, list[Pair]] = {}
    for pair in pairs:
        if len(pair.french.split()) > JOINED:
            by_source.setdefault(pair.source, []).append(pair)
    weights = Counter({source: len(group) for source, group in by_source.items()})
    sources = draw.choices(list(weights), list(weights.values()), k=round(share * len(pairs)))
    made = []
    for source in sources:
        group = draw.choices(by_source[source], k=JOINED)
        made.append(Pair(source, " ".join(p.english for p in group), " ".join(p.french for p in group)))
    return made


def one_pass(pairs: Sequence[Pair], short_words: int) -> list[int]:
    """Return the rows of ``pairs`` that make one pass: small sources repeated, large ones only where short.

    The teacher's vectors of the rows left out still serve as negatives.
    """
    return [row for row, pair in enumerate(pairs) for _ in range(repeats(pair, short_words))]


def repeats(pair: Pair, short_words: int) -> int:
    """Return how often a pair comes in one pass."""
    if pair.source in THINNED and len(pair.french.split()) > short_words:
        return 0
    return REPEATS.get(pair.source, 1)


def static_pass(pairs: Sequence[Pair]) -> list[int]:
    """Return the rows of one pass for the static vectors: all ``pairs``, some sources twice."""
    return [*range(len(pairs)), *(row for row, pair in enumerate(pairs) if pair.source in STATIC_TWICE)]
