"""A run: every question of a gold set asked of a retriever, and how long each took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.answer import Answer, Hit
from rag.errors import NoInput
from rag.evaluation.gold import Gold
from rag.evaluation.qrels import Qrels, derive_qrels, passage_id
from rag.evaluation.question import Question

if TYPE_CHECKING:
    from rag.retriever import Retriever

DEPTH = 10  # hits asked for: the deepest cutoff measured (nDCG@10, MRR@10)

WARM_UP = "Who?"  # none of the questions, whose vectors the retriever may remember

Progress = Callable[[Iterable[Question]], Iterable[Question]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, what came back, and the time of the call in milliseconds."""

    question: Question
    answer: Answer
    took_ms: float

    def ranking(self) -> list[tuple[str, Hit]]:
        """Return the hits, best first, each with its passage id.

        A passage that comes back a second time keeps its rank but gets an id nothing is
        judged under: it wastes a place and cannot count twice.
        """
        seen: set[str] = set()
        ranking = []
        for hit in self.answer.hits:
            name = passage_id(hit.passage)
            ranking.append((f"{name}-repeated-{hit.rank}" if name in seen else name, hit))
            seen.add(name)
        return ranking


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything one evaluation saw; all figures are computed from it.

    Attributes:
        gold: the gold set the questions come from.
        split: "dev", "test" or "all".
        asked: one entry for every question of that split, in the order of the file.
        qrels: the judgements of these questions.
        index_id: the snapshot that was asked.
        model: the model that made the snapshot.

    """

    gold: Gold
    split: str
    asked: tuple[Asked, ...]
    qrels: Qrels
    index_id: str
    model: str


def evaluate(retriever: Retriever, gold: Gold, split: str, progress: Progress = iter) -> Evaluation:
    """Ask every question of a split with k = 10.

    Args:
        retriever: what is evaluated.
        gold: checked against the retriever's snapshot first.
        split: "dev", "test" or "all".
        progress: wraps the questions, to draw a bar.

    Raises:
        BadData: an answer of the gold set does not stand at its place in the index.
        NoInput: the split holds no question.

    """
    snapshot = retriever.snapshot
    questions = gold.of_split(split)
    if not questions:
        raise NoInput(f"{gold.path} holds no question of split {split!r}", "use --split dev, test or all")
    gold.check_against(snapshot)
    qrels = derive_qrels(questions, snapshot.passages_of)
    retriever.ask(WARM_UP, DEPTH)  # the first call opens files and warms caches: not timed
    asked = tuple(_ask(retriever, question) for question in progress(questions))
    return Evaluation(gold, split, asked, qrels, snapshot.id, snapshot.manifest.model.name)


def _ask(retriever: Retriever, question: Question) -> Asked:
    started = time.perf_counter()
    answer = retriever.ask(question.text, DEPTH)
    return Asked(question, answer, (time.perf_counter() - started) * 1000)
