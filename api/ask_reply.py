"""What goes out over HTTP for a question: passages, their citations and how they were found."""

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from api.examples import AFTER, BEFORE, DOCUMENT_ID, END, MATCH, PERMALINK


class Range(BaseModel):
    """`text[start:end]`, counted in code points (Python's count, not UTF-16's)."""

    start: int = Field(ge=0, examples=[len(BEFORE)])
    end: int = Field(ge=0, examples=[len(BEFORE + MATCH)])


class Segments(BaseModel):
    """The passage cut ready for display: before, in and after the answering sentence."""

    before: str = Field(examples=[BEFORE])
    match: str = Field(examples=[MATCH])
    after: str = Field(examples=[AFTER])


class Citation(BaseModel):
    """The place of a passage: `start` and `end` count code points of the article's text."""

    id: str = Field(examples=[PERMALINK.removeprefix("/c/")])
    label: str = Field(description="How a text refers to it.", examples=["[1]"])
    document_id: str = Field(examples=[DOCUMENT_ID])
    source: str = Field(
        description="The file it came from, which names it where it has no title.",
        examples=["articles/luxembourg.txt"],
    )
    title: str | None = Field(examples=["Le Luxembourg et le Maroc signent une déclaration d’intention"])
    outlet: str | None = Field(examples=["La Tribune"])
    published_on: date | None = Field(examples=["2019-09-25"])
    language: str | None = Field(examples=["fr"])
    url: str | None = Field(
        description="Where the article was published, if known.", examples=["https://journal.example/accord"]
    )
    fragment_url: str | None = Field(
        description="The published page at the very words (text fragment), where no other place matches.",
        examples=["https://journal.example/accord#:~:text=La%20r%C3%A9union,le%20num%C3%A9rique."],
    )
    start: int = Field(ge=0, examples=[2310])
    end: int = Field(ge=0, examples=[END])
    permalink: str = Field(description="Checks the citation at any later time.", examples=[PERMALINK])


class ExplanationReply(BaseModel):
    """How the score came about."""

    dense: dict[str, float] = Field(
        description="Nearness of the passage in meaning.", examples=[{"cosine": 0.71, "share": 0.2}]
    )
    sentence: dict[str, float] = Field(
        description="What its best sentence speaks for it.", examples=[{"score": 0.84, "share": 0.26}]
    )
    date: dict[str, float] = Field(
        description="What its day of publication adds, where the question names one.",
        examples=[{"share": 0.0}],
    )
    lexical: dict[str, Any] = Field(
        description="Share of the question's information that passage and title cover in words, translations "
        "included; `matched`: the words of the passage for each of the question.",
        examples=[{"words": 0.88, "share": 0.48, "terms": ["Maroc"], "matched": {"Morocco": ["Maroc"]}}],
    )
    fused: float = Field(description="The score itself.", examples=[0.81])


class CopyReply(BaseModel):
    """Another article that says the same: a syndicated or repeated copy."""

    document_id: str = Field(examples=["0c4d7a1e5f9b2836"])
    source: str = Field(examples=["articles/quotidien.txt"])
    title: str | None = Field(examples=["Luxembourg et Maroc : une déclaration d’intention"])
    outlet: str | None = Field(examples=["Le Quotidien"])
    published_on: date | None = Field(examples=["2019-09-26"])
    url: str | None = Field(examples=[None])


class PassageReply(BaseModel):
    """A passage that answers, word for word as it stands in its article."""

    rank: int = Field(ge=1, examples=[1])
    score: float = Field(examples=[0.81])
    text: str = Field(
        description="`document.text[citation.start:citation.end]`, unchanged.",
        examples=[BEFORE + MATCH + AFTER],
    )
    highlights: list[Range] = Field(description="The answering sentences, best first, offsets into `text`.")
    segments: Segments
    citation: Citation
    explanation: ExplanationReply
    also_in: list[CopyReply] = Field(description="Its copies in other articles, the oldest first.")


class IndexReply(BaseModel):
    """The index that answered."""

    id: str = Field(description="Equal ids mean equal answers.", examples=["1f2e3d4c5b6a7988"])
    model: str = Field(examples=["bundled"])
    built_at: str = Field(examples=["2026-11-22T11:00:00Z"])


class DateReply(BaseModel):
    """A date read in the question: its place there, and the days it means."""

    text: str = Field(examples=["in 2019"])
    start: int = Field(ge=0, examples=[19])
    end: int = Field(ge=0, examples=[26])
    first: date = Field(examples=["2019-01-01"])
    last: date = Field(examples=["2019-12-31"])
    articles: int = Field(
        ge=0, description="Articles published on these days; 0: none could be favoured.", examples=[1]
    )


class NoticeReply(BaseModel):
    """A warning without its words."""

    code: str = Field(description="Stays where the words change.", examples=["undated"])
    values: dict[str, str | int | list[str]] = Field(
        description="What the warning names. Of a long list it holds the first few; `more_` and the list's "
        "name say how many others there are.",
        examples=[{"n": 4}],
    )


class AskReply(BaseModel):
    """Passages for a question, and whether they are thought to answer it."""

    question: str = Field(
        description="As understood, trimmed.", examples=["what did Luxembourg and Morocco sign?"]
    )
    question_language: str = Field(examples=["en"])
    answerable: bool = Field(description="False: the passages are only the nearest ones.", examples=[True])
    confidence: float = Field(ge=0, le=1, examples=[0.93])
    reason: str | None = Field(default=None, description="Why it is thought not answerable.", examples=[None])
    warnings: list[str] = Field(default=[], description="What the reader should know.", examples=[[]])
    notices: list[NoticeReply] = Field(
        default=[], description="The same warnings, in order, for who puts them into other words."
    )
    dates: list[DateReply] = Field(
        default=[], description="Dates whose articles were favoured; `use_dates: false` ignores them."
    )
    passages: list[PassageReply]
    index: IndexReply
    took_ms: float = Field(ge=0, examples=[2.4])
