"""Measures of an encoder: bitext accuracy both ways, and question to passage on the press set."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.training.parallel import Pair
from embeddings.training.press import Entry

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]


def bitext_accuracy(english: Vectors, french: Vectors) -> tuple[float, float]:
    """Return how often the translation comes first among all: English to French, French to English.

    Both shapes (pairs, dimension), rows aligned and of unit norm.
    """
    scores = english @ french.T
    rows = np.arange(len(scores))
    return float((scores.argmax(1) == rows).mean()), float((scores.argmax(0) == rows).mean())


def success_at(questions: Vectors, passages: Vectors, answers: Sequence[int], depth: int) -> float:
    """Return the share of questions whose passage (its row in ``answers``) is among the first ``depth``."""
    scores = questions @ passages.T
    right = scores[np.arange(len(questions)), answers]
    return float(((scores > right[:, None]).sum(1) < depth).mean())


def bitext(embed: Embed, pairs: Sequence[Pair]) -> tuple[float, float]:
    """Return the bitext accuracy of ``embed`` on parallel text, English to French and French to English."""
    return bitext_accuracy(embed([pair.english for pair in pairs]), embed([pair.french for pair in pairs]))


def press_success(embed: Embed, entries: Sequence[Entry], asked: Sequence[Entry]) -> dict[str, float]:
    """Return Success@1 and @5 per question language of the ``asked`` entries.

    The French passages of all ``entries`` and their near misses are searched.
    """
    passages = embed([entry.french for entry in entries] + [entry.near_miss for entry in entries])
    place = {entry.id: row for row, entry in enumerate(entries)}
    answers = [place[entry.id] for entry in asked for _ in entry.questions]
    found = {}
    for column, language in enumerate(("english", "french")):
        questions = embed([question[column] for entry in asked for question in entry.questions])
        for depth in (1, 5):
            found[f"{language} S@{depth}"] = success_at(questions, passages, answers, depth)
    return found


def translated_success(embed: Embed, entries: Sequence[Entry], asked: Sequence[Entry]) -> dict[str, float]:
    """Return Success@1 and @5 of English questions over the English translations: what a teacher can do."""
    passages = embed([entry.english for entry in entries])
    place = {entry.id: row for row, entry in enumerate(entries)}
    answers = [place[entry.id] for entry in asked for _ in entry.questions]
    questions = embed([question[0] for entry in asked for question in entry.questions])
    return {f"english S@{depth}": success_at(questions, passages, answers, depth) for depth in (1, 5)}
