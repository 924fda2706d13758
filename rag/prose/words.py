"""How much of what a sentence says its sources say too, word by word, across French and English.

A word counts 1 where a source has it, one of its stem or a known equivalent; else the cosine of its
nearest word there, in the model's lexicon.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings import Lexicon, Vectors
from rag.lexical import term_of, words_of
from rag.prose.equivalents import fold, mentions_of
from rag.prose.lists import words_listed

# True sentences of the development half: 2 of 41 below 0.55, the others from 0.71. Inventions, each held
# against whichever passage suits it best: at most 0.48; a sentence cited to another article: up to 0.61.
# `python -m tests.benchmarks.prose`
ENOUGH = 0.65
SHORTEST = 3  # letters: shorter words say next to nothing
# A word that turns a statement into its opposite must stand in a source, in one form or another.
DENIALS, DENIAL_STEMS = words_listed("denials"), words_listed("denial_stems")


@dataclass(frozen=True, slots=True)
class Words:
    """The content words of a text.

    Attributes:
        written: each as it stands.
        keys: for each, its stems in both languages and its groups of equivalents.
        denies: whether it holds a word that turns a statement into its opposite.

    """

    written: tuple[str, ...]
    keys: tuple[frozenset[str], ...]
    denies: bool


def words_in(text: str) -> Words:
    """Return the content words of a composed text."""
    groups: dict[str, set[str]] = {}
    for one in mentions_of(text, "word") + mentions_of(text, "name"):
        for word in words_of(one.span.slice(text)):
            groups.setdefault(word, set()).add(one.group)
    every = words_of(text)
    written = tuple(word for word in every if _tells(word))
    keys = tuple(frozenset(_stems(word) | groups.get(word, set())) for word in written)
    denies = any(fold(word) in DENIALS or not DENIAL_STEMS.isdisjoint(_stems(word)) for word in every)
    return Words(written, keys, denies)


def _tells(word: str) -> bool:
    stops = (term_of(word, language, language) is None for language in ("en", "fr"))
    return word.isalpha() and len(word) >= SHORTEST and not any(stops)


def _stems(word: str) -> set[str]:
    return {stem for language in ("en", "fr") if (stem := term_of(word, language))}


def share_said(sentence: Words, sources: Sequence[Words], lexicon: Lexicon | None) -> float:
    """Return how much of the sentence the sources say, 0 to 1; 1 for a sentence without content words."""
    if not sentence.written:
        return 1.0
    held = frozenset[str]().union(*map(_keys, sources))
    missing = [word for word, keys in zip(sentence.written, sentence.keys, strict=True) if not keys & held]
    found = len(sentence.written) - len(missing)
    near = _nearness(missing, [word for source in sources for word in source.written], lexicon)
    return (found + near) / len(sentence.written)


def denied_alike(sentence: Words, sources: Sequence[Words]) -> bool:
    """Say whether the source sentence nearest in words denies where this one does, and only there."""
    shared = [sum(not keys.isdisjoint(each) for keys in sentence.keys) for each in map(_keys, sources)]
    nearest = [source for source, count in zip(sources, shared, strict=True) if count == max(shared)]
    return any(source.denies == sentence.denies for source in nearest)


def _keys(words: Words) -> frozenset[str]:
    return frozenset[str]().union(*words.keys)


def _nearness(words: Sequence[str], others: Sequence[str], lexicon: Lexicon | None) -> float:
    if lexicon is None or not words or not others:
        return 0.0
    cosines = _vectors(lexicon, words) @ _vectors(lexicon, others).T
    return float(cosines.max(axis=1).clip(min=0).sum())


def _vectors(lexicon: Lexicon, words: Sequence[str]) -> Vectors:
    return lexicon.vectors([word.lower() for word in words])
