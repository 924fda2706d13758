"""What goes in and out over HTTP: the only pydantic models of the project."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.fields import AnyOf, CitationId, IsoDate, PlainInteger, Question, WholeNumber
from rag.exports import ExportFormat
from rag.filters import Filters

MAX_K = 50
MAX_PAGE = 100
MAX_EARLIER = 10  # questions before a follow-up: what it refers to hardly lies further back
MAX_BATCH = 100  # questions at once: about a second of work
MAX_EXPORTED = 200  # citations of one export: forty questions of a conversation

# One passage runs through all examples: its offsets and segments fit together.
BEFORE, MATCH, AFTER = (
    "La réunion s’est tenue par visioconférence. ",
    "Le Luxembourg et le Maroc ont signé une déclaration d’intention.",
    " Elle porte sur le numérique.",
)
DOCUMENT_ID = "6e0b2d7a4c1f9358"
END = 2310 + len(BEFORE + MATCH + AFTER)
PERMALINK = f"/c/{DOCUMENT_ID}-2310-{END}-a1b2c3d4e5f60718"


class Strict(BaseModel):
    """Values keep their type ("3" is not 3) and unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class FilterRequest(Strict):
    """What a passage's article must satisfy; a list means any of its values."""

    published_from: IsoDate | None = Field(
        default=None, description="First day, inclusive.", examples=["2019-01-01"]
    )
    published_to: IsoDate | None = Field(
        default=None, description="Last day, inclusive.", examples=["2019-12-31"]
    )
    outlet: AnyOf = Field(default=[], description="One outlet or several.", examples=[["La Tribune"]])
    language: AnyOf = Field(default=[], description="ISO 639-1 codes.", examples=["fr"])
    document_id: AnyOf = Field(default=[], description="One document or several.", examples=[DOCUMENT_ID])

    def filters(self) -> Filters:
        """Return the filters as the retriever takes them."""
        return Filters(
            self.published_from,
            self.published_to,
            tuple(self.outlet),
            tuple(self.language),
            tuple(self.document_id),
        )


class AskRequest(Strict):
    """A question over the articles. Where a key stands twice, the last one counts."""

    question: Question
    k: WholeNumber = Field(default=5, ge=1, le=MAX_K, description="Passages wanted.", examples=[5])
    filters: Annotated[FilterRequest, Field(description="Narrows the search.")] = FilterRequest()
    include_boilerplate: bool = Field(
        default=False,
        description="Search the lines set aside (tickers, teasers, forms) as well.",
        examples=[False],
    )
    use_dates: bool = Field(
        default=True,
        description="Let a date in the question bring articles published then forward.",
        examples=[True],
    )


class TellRequest(AskRequest):
    """A question, or a follow-up to earlier ones."""

    earlier: list[Question] = Field(
        default=[],
        max_length=MAX_EARLIER,
        description="Questions asked before, oldest first: this one is then rewritten to stand alone.",
        examples=[[]],
    )


class BatchRequest(Strict):
    """Several questions at once."""

    questions: list[AskRequest] = Field(min_length=1, max_length=MAX_BATCH)
    format: Literal["jsonl", "csv"] = Field(
        default="jsonl",
        description="jsonl: the reply of POST /v1/ask to each question, one a line; csv: one row a passage.",
        examples=["csv"],
    )


class PageQuery(BaseModel):
    """Which part of a list is wanted."""

    model_config = ConfigDict(extra="forbid")

    limit: PlainInteger = Field(
        default=50, ge=1, le=MAX_PAGE, description="Documents on one page.", examples=[50]
    )
    cursor: str | None = Field(
        default=None,
        max_length=200,
        pattern="^[A-Za-z0-9_-]*$",
        description="Where to go on: `next` of the page before.",
        examples=[None],
    )


class ExportQuery(BaseModel):
    """How one citation is wanted."""

    model_config = ConfigDict(extra="forbid")

    format: ExportFormat = Field(default="markdown", description="Form of the reply.", examples=["ris"])


class ExportRequest(Strict):
    """A conversation's citations, to be exported together."""

    format: ExportFormat = Field(default="markdown", description="Form of the reply.", examples=["bibtex"])
    citations: list[CitationId] = Field(
        min_length=1,
        max_length=MAX_EXPORTED,
        description="Ids of citations in the order wanted; repeated ones count once.",
        examples=[[PERMALINK.removeprefix("/c/")]],
    )


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
        description="Nearness of its nearest sentence.", examples=[{"cosine": 0.74, "share": 0.13}]
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
    highlights: list[Range] = Field(description="The answering sentences, offsets into `text`.")
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
    dates: list[DateReply] = Field(
        default=[], description="Dates that brought articles forward; `use_dates: false` ignores them."
    )
    passages: list[PassageReply]
    index: IndexReply
    took_ms: float = Field(ge=0, examples=[2.4])


class DocumentSummary(BaseModel):
    """One article of the list, without its text."""

    id: str = Field(pattern="^[0-9a-f]{16}$", examples=[DOCUMENT_ID])
    source: str = Field(description="The file it came from.", examples=["articles/luxembourg.txt"])
    title: str | None = Field(examples=["Le Luxembourg et le Maroc signent une déclaration d’intention"])
    outlet: str | None = Field(examples=["La Tribune"])
    published_on: date | None = Field(examples=["2019-09-25"])
    language: str | None = Field(examples=["fr"])
    url: str | None = Field(examples=[None])
    author: str | None = Field(description="Several stand between semicolons.", examples=["Aya Alami"])
    sha256: str = Field(description="Of the stored text in UTF-8.", examples=["9f86d0…"])


class SetAsideReply(BaseModel):
    """A part of the text that is not the article's own."""

    start: int = Field(ge=0, examples=[0])
    end: int = Field(ge=0, examples=[64])
    reason: str = Field(examples=["ticker"])


class DocumentReply(DocumentSummary):
    """One article with its whole stored text."""

    text: str = Field(examples=["Le Luxembourg et le Maroc signent…"])
    set_aside: list[SetAsideReply]


class DocumentsReply(BaseModel):
    """One page of the articles, ordered by source."""

    documents: list[DocumentSummary]
    total: int = Field(ge=0, examples=[5])
    next: str | None = Field(description="Cursor of the next page, if any.", examples=[None])


class CitationReply(BaseModel):
    """Whether a citation still stands. Never holds other text than the one cited."""

    id: str = Field(examples=[PERMALINK.removeprefix("/c/")])
    state: Literal["valid", "moved", "changed", "withdrawn"] = Field(
        description="valid: word for word in its place; moved: word for word elsewhere in the article; "
        "changed: the words are gone; withdrawn: the article is gone."
    )
    document: DocumentSummary | None = Field(description="The article, unless withdrawn.")
    start: int | None = Field(description="Where the words stand now.", examples=[2310])
    end: int | None = Field(examples=[END])
    text: str | None = Field(description="The words, if valid or moved.", examples=[BEFORE + MATCH + AFTER])
    fragment_url: str | None = Field(
        description="The published page at the very words, if the address is known.", examples=[None]
    )


class FacetsReply(BaseModel):
    """Values that filters can take."""

    outlet: list[str] = Field(examples=[["La Tribune"]])
    language: list[str] = Field(examples=[["fr"]])


class HealthReply(BaseModel):
    """The process lives."""

    status: Literal["alive"]


class ReadyReply(BaseModel):
    """The service answers questions."""

    status: Literal["ready"]
    index: IndexReply
    documents: int = Field(examples=[5])
    passages: int = Field(examples=[61])
    refused: str | None = Field(
        description="Why a newer index was refused, while the older one goes on answering.", examples=[None]
    )


class FaultReply(BaseModel):
    """One wrong value."""

    pointer: str = Field(examples=["#/k"])
    detail: str = Field(examples=["Input should be less than or equal to 50"])


class ProblemReply(BaseModel):
    """An error (RFC 9457); it never repeats what was sent."""

    type: str = Field(description="Stable; leads to its description.", examples=["/docs#invalid-request"])
    title: str = Field(examples=["A value is not allowed"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["#/k: Input should be less than or equal to 50"])
    request_id: str = Field(examples=["5f0c2a34c1d84d7e9a0b6c1d2e3f4a5b"])
    errors: list[FaultReply] = Field(default=[], description="The first wrong values.")
