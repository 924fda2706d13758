"""Results on disk: one evaluation as JSON, and what `compare` needs read back from it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rag.citations import cite
from rag.errors import BadData, NoInput
from rag.evaluation.intervals import LEVEL, RESAMPLES, SEED
from rag.evaluation.measures import FIRST, MEASURES, Share
from rag.evaluation.run import Asked, Evaluation
from rag.evaluation.summary import Summary

FORMAT = 1  # raised when a reader of older files would misread newer ones


@dataclass(frozen=True, slots=True)
class Results:
    """What is compared.

    Attributes:
        name: what a reader calls it: the file, or "this evaluation".
        gold: digest of the gold set, hexadecimal.
        pairs: question id -> pair.
        shares: question id -> measure -> share.

    """

    name: str
    gold: str
    pairs: Mapping[str, str]
    shares: Mapping[str, Mapping[str, Share]]


def results_of(evaluation: Evaluation, summary: Summary) -> Results:
    """Return an evaluation in the form that is compared."""
    pairs = {one.question.id: one.question.pair for one in evaluation.asked}
    return Results("this evaluation", evaluation.gold.sha256, pairs, summary.shares)


def as_json(evaluation: Evaluation, summary: Summary) -> dict[str, Any]:
    """Return everything measured, question by question, ready for `json.dumps`."""
    figures = asdict(replace(summary, shares={}))
    figures.pop("shares")  # told question by question below
    gold = evaluation.gold
    return {
        "format": FORMAT,
        "gold": {"file": gold.path.name, "sha256": gold.sha256, "split": evaluation.split},
        "index": {"id": evaluation.index_id, "model": evaluation.model},
        "bootstrap": {"seed": SEED, "resamples": RESAMPLES, "level": LEVEL},
        **figures,
        "unreachable": [
            {"question": question_id, **asdict(answer)}
            for question_id, answer in evaluation.qrels.unreachable
        ],
        "questions": [_question(one, evaluation, summary) for one in evaluation.asked],
    }


def _question(one: Asked, evaluation: Evaluation, summary: Summary) -> dict[str, Any]:
    held = evaluation.qrels.held.get(one.question.id, {})
    return {
        "id": one.question.id,
        "pair": one.question.pair,
        "answerable": one.answer.answerable,
        "confidence": one.answer.confidence,
        "took_ms": round(one.took_ms, 3),
        "shares": {
            name: [float(share.part), float(share.whole)]
            for name, share in summary.shares[one.question.id].items()
        },
        "passages": [
            {"citation": cite(hit).id, "score": hit.score, "relevant": name in held}
            for name, hit in one.ranking()[:FIRST]
        ],
    }


def read_results(path: Path) -> Results:
    """Read the JSON of an evaluation.

    Raises:
        NoInput: there is no such file.
        BadData: it is not the JSON of an evaluation, or of another format.

    """
    remedy = "make it again: ibid evaluate --json > " + path.name
    try:
        return _parse(json.loads(path.read_bytes()), path)
    except OSError as error:
        raise NoInput(f"cannot read the evaluation {path}: {error.strerror}", remedy) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadData(f"{path} is not the JSON of an evaluation: {error!r}", remedy) from error


def _parse(record: dict[str, Any], path: Path) -> Results:
    if record["format"] != FORMAT:
        raise ValueError(f"format {record['format']}, not {FORMAT}")
    shares = {
        question["id"]: {measure.name: _share(question["shares"][measure.name]) for measure in MEASURES}
        for question in record["questions"]
    }
    pairs = {question["id"]: str(question["pair"]) for question in record["questions"]}
    return Results(str(path), record["gold"]["sha256"], pairs, shares)


def _share(value: list[float]) -> Share:
    part, whole = (float(number) for number in value)
    if not 0 <= part <= whole < float("inf"):
        raise ValueError(f"{value} is not a part of a whole")
    return Share(part, whole)
