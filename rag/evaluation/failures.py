"""What went wrong, worst first: every question a reader would complain about, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from rag.evaluation.measures import FIRST, found
from rag.evaluation.qrels import Qrels
from rag.evaluation.run import Asked, Evaluation
from rag.evaluation.summary import Summary

ANSWERED_WITHOUT = "answered, though nothing answers it"
NOT_FOUND = f"none of the first {FIRST} passages holds an answer"
REFUSED = "refused, though the articles answer it"
NOT_FIRST = "the first passage holds no answer"
BESIDE = "a relevant passage is highlighted beside its answer"
REASONS = (ANSWERED_WITHOUT, NOT_FOUND, REFUSED, NOT_FIRST, BESIDE)  # worst first


@dataclass(frozen=True, slots=True)
class Failure:
    """A question and what went wrong with it, worst reason first."""

    asked: Asked
    reasons: tuple[str, ...]


def failures(evaluation: Evaluation, summary: Summary) -> list[Failure]:
    """Return every failed question, worst first, then in the order of the gold set."""
    failed = [Failure(one, tuple(_reasons(one, evaluation.qrels, summary))) for one in evaluation.asked]
    return sorted((f for f in failed if f.reasons), key=lambda failure: REASONS.index(failure.reasons[0]))


def _reasons(one: Asked, qrels: Qrels, summary: Summary) -> Iterator[str]:
    shares = summary.shares[one.question.id]
    if not one.question.answerable:
        if one.answer.answerable:
            yield ANSWERED_WITHOUT
        return
    if not found(one, qrels):
        yield NOT_FOUND
    if not one.answer.answerable:
        yield REFUSED
    if found(one, qrels) and not shares["Success@1"].part:
        yield NOT_FIRST
    if shares["Highlight accuracy"].part < shares["Highlight accuracy"].whole:
        yield BESIDE
