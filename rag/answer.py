"""An answer: the passages found for a question, and whether they answer it."""

from dataclasses import dataclass

from rag.dates import DateMention
from rag.documents import Document, Metadata
from rag.evidence import Evidence
from rag.explanation import Explanation
from rag.notice import Notice
from rag.passages import Passage
from rag.spans import Span


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question.

    Attributes:
        rank: from 1.
        score: the fused score, 0 to 1.
        passage: the passage and its sentences, in the document's offsets.
        text: the passage's words, a slice of the document's text.
        source: where the document came from.
        metadata: what is known about the document.
        highlights: the answering sentences, best first, offsets into `text`.
        explanation: the parts of the score.
        evidence: what speaks for this passage holding the answer.
        also_in: the other articles that say the same, the oldest first.

    """

    rank: int
    score: float
    passage: Passage
    text: str
    source: str
    metadata: Metadata
    highlights: tuple[Span, ...]
    explanation: Explanation
    evidence: Evidence
    also_in: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class FavouredDate:
    """A date of the question, and how many articles of the index were published on its days."""

    mention: DateMention
    articles: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What is returned for a question.

    Attributes:
        question: as understood, trimmed.
        question_language: ISO 639-1 code.
        answerable: whether the passages answer the question.
        confidence: 0 to 1, that the first passages hold the answer.
        hits: best first; kept when not answerable, as the nearest passages.
        reason: why it is thought not answerable; None where it is.
        notices: what the reader should know (language outside the model's, …).
        dates: those of the question; articles of their days were favoured, where there are any.

    """

    question: str
    question_language: str
    answerable: bool
    confidence: float
    hits: tuple[Hit, ...]
    reason: str | None = None
    notices: tuple[Notice, ...] = ()
    dates: tuple[FavouredDate, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return the notices in words."""
        return tuple(notice.text for notice in self.notices)
