"""Adversarial triples: an English sentence, its French translation, and a French one that is nearly it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings import Encoder

FILE = Path(__file__).with_name("adversarial.jsonl")


@dataclass(frozen=True)
class Triple:
    """One line of the file; `wrong_french` differs from `french` in what `kind` names."""

    id: str
    kind: str
    split: str
    english: str
    french: str
    wrong_french: str


def read_triples(path: Path = FILE) -> list[Triple]:
    return [Triple(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def margins(encoder: Encoder, triples: Sequence[Triple]) -> npt.NDArray[np.float64]:
    """Return how much nearer the translation is than the wrong sentence, as a difference of cosines."""
    english, french, wrong = (
        encoder.encode_queries([getattr(triple, side) for triple in triples]).astype(np.float64)
        for side in ("english", "french", "wrong_french")
    )
    return np.asarray((english * (french - wrong)).sum(axis=1))


def accuracy(encoder: Encoder, triples: Sequence[Triple]) -> float:
    """Return the share of triples whose translation is strictly nearer, 0 to 1."""
    return float((margins(encoder, triples) > 0).mean())
