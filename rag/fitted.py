"""The numbers fitted to a model, from `fitted.json`; a manifest keeps those its index was made with."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rag.evidence import Evidence, Judge
from rag.fusion import FusionWeights
from rag.highlights import HighlightWeights

# Written by `tests/benchmarks/fit.py`, which states how.
FILE = Path(__file__).with_name("fitted.json")


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was fitted on the development half of the gold set.

    Attributes:
        model: fingerprint of the model it was fitted for.
        fusion: what passages are ranked by.
        highlights: what sentences are marked by.
        judge: what is answered or refused by.

    """

    model: str
    fusion: FusionWeights
    highlights: HighlightWeights
    judge: Judge


def parse_fitted(record: dict[str, Any]) -> Fitted:
    """Return the numbers of a JSON object; KeyError or TypeError where it is another."""
    judge = record["judge"]
    return Fitted(
        model=record["model"],
        fusion=FusionWeights(**record["fusion"]),
        highlights=HighlightWeights(**record["highlights"]),
        judge=Judge(**{**judge, "weights": Evidence(**judge["weights"])}),
    )


@cache
def shipped_fitted() -> Fitted:
    """Return the numbers that come with Ibid."""
    return parse_fitted(json.loads(FILE.read_text("utf-8")))
