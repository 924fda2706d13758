"""Small real records: questions, hits and runs written out by hand."""

from collections.abc import Sequence
from pathlib import Path

from rag.answer import Answer, Hit
from rag.documents import Metadata, document_id
from rag.evaluation.gold import Gold, GoldAnswer, Question
from rag.evaluation.qrels import derive_qrels
from rag.evaluation.run import Asked, Evaluation
from rag.evidence import Evidence
from rag.explanation import Explanation
from rag.passages import Passage
from rag.spans import Span

Place = tuple[str, int, int]  # source, start, end


def passage(place: Place, boilerplate: bool = False) -> Passage:
    source, start, end = place
    return Passage(document_id(source), Span(start, end), (Span(start, end),), boilerplate)


def gold_answer(place: Place) -> GoldAnswer:
    source, start, end = place
    return GoldAnswer(document_id(source), source, start, end, "x" * (end - start))


def question(id_: str, *places: Place, pair: str = "", language: str = "en", kind: str = "what") -> Question:
    answers = tuple(gold_answer(place) for place in places)
    why = None if answers else "nothing says it"
    return Question(
        id_, pair or id_, f"question {id_}?", language, kind, "test", bool(answers), answers, None, why
    )


def hit(rank: int, place: Place, *highlights: Span, score: float = 0.5) -> Hit:
    found = passage(place)
    text = "x" * (found.span.end - found.span.start)
    return Hit(
        rank,
        score,
        found,
        text,
        place[0],
        Metadata(),
        highlights,
        Explanation(score, {}, {}, {}, {}),
        Evidence(0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    )


def asked(
    about: Question, places: Sequence[Place] = (), answerable: bool = True, confidence: float = 0.5
) -> Asked:
    hits = tuple(hit(rank, place) for rank, place in enumerate(places, 1))
    return Asked(about, Answer(about.text, about.language, answerable, confidence, hits), 1.0)


def evaluation(entries: Sequence[Asked], passages: Sequence[Passage]) -> Evaluation:
    questions = tuple(one.question for one in entries)
    gold = Gold(Path("gold.jsonl"), "0" * 64, questions, tuple(range(1, len(questions) + 1)))
    qrels = derive_qrels(questions, lambda id_: [p for p in passages if p.document_id == id_])
    return Evaluation(gold, "test", tuple(entries), qrels, "index-1", "model-1")
