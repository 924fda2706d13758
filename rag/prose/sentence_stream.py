"""Sentences out of a stream: each as soon as it is complete, with the labels it carries."""

import re
from dataclasses import dataclass
from itertools import pairwise

from rag.sentences import sentence_spans

LABELS = re.compile(r"\[\s*(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\s*\]")
# Models put the label before or after the full stop; it belongs to the sentence before.
_AFTER_STOP = re.compile(r"([.!?…][»”\"’)]*)((?:\s*\[[\d\s,;]+\])+)")
_BULLET = re.compile(r"^\s*(?:[-*•>#]+|\d{1,2}[.)])\s+")
# Characters after a sentence before it counts as complete: what follows "M." may continue it.
SETTLED = 30


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the model wrote it, without its labels; `labels` as numbers, in order."""

    text: str
    labels: tuple[int, ...]


class SentenceStream:
    """Takes text piece by piece and gives back whole sentences."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, piece: str) -> list[Draft]:
        """Take a piece; return the sentences it completes."""
        self._rest = _AFTER_STOP.sub(r"\2\1", self._rest + piece)
        spans = list(sentence_spans(self._rest))
        done = [
            span
            for span, following in pairwise(spans)
            if len(self._rest) - following.start >= SETTLED and self._rest[following.start] != "["
        ]
        drafts = [_draft(span.slice(self._rest)) for span in done]
        self._rest = self._rest[done[-1].end :] if done else self._rest
        return drafts

    def end(self) -> list[Draft]:
        """Return what is left, as sentences."""
        rest, self._rest = _AFTER_STOP.sub(r"\2\1", self._rest), ""
        return [_draft(span.slice(rest)) for span in sentence_spans(rest)]


def _draft(written: str) -> Draft:
    labels = (int(label) for found in LABELS.finditer(written) for label in re.findall(r"\d+", found[1]))
    text = LABELS.sub("", _BULLET.sub("", written)).replace("**", "")
    text = re.sub(r"\s+([.,])", r"\1", " ".join(text.split()))
    return Draft(text, tuple(dict.fromkeys(labels)))
