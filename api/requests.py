"""What comes in over HTTP."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.examples import DOCUMENT_ID, PERMALINK
from api.fields import AnyOf, CitationId, IsoDate, PlainInteger, Question, WholeNumber
from rag.errors import BadData
from rag.exports import ExportFormat
from rag.filters import Filters

MAX_K = 50
MAX_PAGE = 100
MAX_EARLIER = 10  # questions before a follow-up: what it refers to hardly lies further back
MAX_BATCH = 100  # questions at once: about a second of work
MAX_EXPORTED = 200  # citations of one export: forty questions of a conversation


class Strict(BaseModel):
    """Values keep their type ("3" is not 3) and unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class FilterRequest(Strict):
    """What a passage's article must satisfy; a list means any of its values.

    An article without a date satisfies no filter of days; `warnings` says how many were left out so, and
    which outlet or language no article has.
    """

    published_from: IsoDate | None = Field(
        default=None, description="First day, inclusive; not after the last.", examples=["2019-01-01"]
    )
    published_to: IsoDate | None = Field(
        default=None, description="Last day, inclusive.", examples=["2019-12-31"]
    )
    outlet: AnyOf = Field(
        default=[],
        description="One outlet or several; case, accents, forms of apostrophes and hyphens do not count.",
        examples=[["La Tribune"]],
    )
    language: AnyOf = Field(default=[], description="ISO 639-1 codes.", examples=["fr"])
    document_id: AnyOf = Field(default=[], description="One document or several.", examples=[DOCUMENT_ID])

    @model_validator(mode="after")
    def _in_order(self) -> "FilterRequest":
        try:
            self.filters()
        except BadData as error:
            reason = f"{error}; {error.remedy}"
            raise PydanticCustomError("reversed_days", "{reason}", {"reason": reason}) from None
        return self

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
        description="Let a date in the question favour articles published then.",
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
