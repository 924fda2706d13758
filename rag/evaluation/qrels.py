"""Qrels: which passages hold which answers, derived from the places of the gold set.

The rule. A passage is relevant to a question when one of the question's answers stands whole
in it: same document, and the span of the answer inside the span of the passage. Only passages
that a plain question searches count, so not those in parts set aside as boilerplate. An answer
that no such passage holds is *unreachable*: it stays in the qrels under an id that no passage
has, so it counts as missed and can never shrink a denominator.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.evaluation.question import GoldAnswer, Question
from rag.passages import Passage

PassagesOf = Callable[[str], Sequence[Passage]]


@dataclass(frozen=True, slots=True)
class Qrels:
    """The judgements of a set of questions.

    Attributes:
        held: question id -> passage id -> the answers that stand whole in that passage, as
            places in `Question.answers`. Every answerable question has an entry.
        unreachable: question id and answer, for each answer no passage holds.

    """

    held: Mapping[str, Mapping[str, tuple[int, ...]]]
    unreachable: tuple[tuple[str, GoldAnswer], ...]

    def judgements(self) -> Iterator[tuple[str, str]]:
        """Yield (question id, passage id) for everything relevant, the unreachable included."""
        for question_id, passages in self.held.items():
            yield from ((question_id, passage) for passage in passages)
        for question_id, answer in self.unreachable:
            yield question_id, f"{answer.document_id}-{answer.start}-{answer.end}-unreachable"


def passage_id(passage: Passage) -> str:
    """Return the name of a passage in runs and qrels: "<document id>-<start>-<end>"."""
    return f"{passage.document_id}-{passage.span.start}-{passage.span.end}"


def derive_qrels(questions: Sequence[Question], passages_of: PassagesOf) -> Qrels:
    """Judge every passage of the documents that the answerable questions point at.

    Args:
        questions: those that are not answerable get no judgement.
        passages_of: a snapshot's `passages_of`: document id to its passages.

    """
    cached = lru_cache(maxsize=None)(passages_of)
    held = {q.id: _held(q.answers, cached) for q in questions if q.answerable}
    unreachable = [
        (question.id, answer)
        for question in questions
        for place, answer in enumerate(question.answers)
        if not any(place in places for places in held[question.id].values())
    ]
    return Qrels(held, tuple(unreachable))


def _held(answers: Sequence[GoldAnswer], passages_of: PassagesOf) -> dict[str, tuple[int, ...]]:
    """Map each passage holding at least one answer to the answers it holds."""
    held: dict[str, tuple[int, ...]] = {}
    for place, answer in enumerate(answers):
        for passage in passages_of(answer.document_id):
            if not passage.boilerplate and _stands_in(answer, passage):
                name = passage_id(passage)
                held[name] = (*held.get(name, ()), place)
    return held


def _stands_in(answer: GoldAnswer, passage: Passage) -> bool:
    return passage.span.start <= answer.start and answer.end <= passage.span.end
