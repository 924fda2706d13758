"""What is counted for one question: every measure is a part of a whole.

Summed over questions, parts over wholes are the value of the measure. A question the measure
says nothing about (an unanswerable one for nDCG, say) has the whole 0; every other question
counts, also when nothing was found for it. What each measure counts stands in MEASURES.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import ir_measures
from ir_measures import RR, Qrel, ScoredDoc, Success, nDCG

from rag.evaluation.qrels import Qrels
from rag.evaluation.run import Asked

FIRST = 5  # passages shown by default: "found" means among these


class Share(NamedTuple):
    """A part of a whole."""

    part: float
    whole: float


class Measure(NamedTuple):
    """A measure: its name, what it counts, and whether more is better."""

    name: str
    meaning: str
    higher_is_better: bool = True


MEASURES = (
    Measure("Success@1", "the first passage holds any of the answers"),
    Measure("Success@5", "any of the first 5 passages holds any of the answers"),
    Measure("MRR@10", "1 over the rank of the first passage holding any answer, 0 beyond 10"),
    Measure("nDCG@10", "binary gain; the ideal ranks every relevant passage first"),
    Measure("Recall@5", "of a question's answers, those standing whole in any of the first 5 passages"),
    Measure("Highlight accuracy", "relevant passages whose highlight touches an answer they hold"),
    Measure("Abstention accuracy", "questions rightly answered or rightly refused"),
    Measure("Unanswerable refused", "of the questions nothing answers, those refused"),
    Measure("Answerable refused", "of the questions with an answer, those refused", higher_is_better=False),
)

# MRR is the mean of RR; both names are the field's own.
RANKED = {Success @ 1: "Success@1", Success @ 5: "Success@5", RR @ 10: "MRR@10", nDCG @ 10: "nDCG@10"}

Shares = dict[str, dict[str, Share]]


def shares(asked: Sequence[Asked], qrels: Qrels) -> Shares:
    """Return question id -> measure -> its share, for every question and every measure."""
    ranked = _ranked(asked, qrels)
    return {
        one.question.id: {
            **{name: Share(value, 1) for name, value in ranked.get(one.question.id, {}).items()},
            **({} if one.question.answerable else dict.fromkeys(RANKED.values(), Share(0, 0))),
            "Recall@5": _recall(one, qrels),
            "Highlight accuracy": _highlighted(one, qrels),
            **_abstention(one),
        }
        for one in asked
    }


def found(one: Asked, qrels: Qrels) -> bool:
    """Return whether the first passages hold an answer: what `confidence` is a promise of."""
    held = qrels.held.get(one.question.id, {})
    return any(name in held for name, _ in one.ranking()[:FIRST])


def run_of(asked: Iterable[Asked]) -> list[ScoredDoc]:
    """Return the run as TREC records.

    The score is 1/rank: evaluation tools sort by score, and equal scores would let them
    break ties in an order that no reader was shown.
    """
    return [
        ScoredDoc(one.question.id, name, 1 / rank)
        for one in asked
        for rank, (name, _) in enumerate(one.ranking(), 1)
    ]


def qrels_of(qrels: Qrels) -> list[Qrel]:
    """Return the judgements as TREC records."""
    return [Qrel(question_id, name, 1) for question_id, name in qrels.judgements()]


def _ranked(asked: Sequence[Asked], qrels: Qrels) -> dict[str, dict[str, float]]:
    values: dict[str, dict[str, float]] = {question_id: {} for question_id in qrels.held}
    for metric in ir_measures.iter_calc(list(RANKED), qrels_of(qrels), run_of(asked)):
        values[metric.query_id][RANKED[metric.measure]] = float(metric.value)
    return values


def _recall(one: Asked, qrels: Qrels) -> Share:
    """Count answers, not passages: overlapping passages holding one answer count it once."""
    held = qrels.held.get(one.question.id, {})
    answers = {place for name, _ in one.ranking()[:FIRST] for place in held.get(name, ())}
    total = len(one.question.answers)
    return Share(len(answers) / total, 1) if total else Share(0, 0)


def _highlighted(one: Asked, qrels: Qrels) -> Share:
    held = qrels.held.get(one.question.id, {})
    relevant = [(hit, held[name]) for name, hit in one.ranking() if name in held]
    touching = [
        any(
            one.question.answers[place].span.overlap(highlight.shifted(hit.passage.span.start))
            for place in places
            for highlight in hit.highlights
        )
        for hit, places in relevant
    ]
    return Share(sum(touching), len(relevant))


def _abstention(one: Asked) -> dict[str, Share]:
    answerable, refused = one.question.answerable, not one.answer.answerable
    return {
        "Abstention accuracy": Share(answerable != refused, 1),
        "Unanswerable refused": Share(refused and not answerable, not answerable),
        "Answerable refused": Share(refused and answerable, answerable),
    }
