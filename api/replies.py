"""What else goes out over HTTP: articles, states of citations, probes and problems."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from api.ask_reply import IndexReply
from api.examples import AFTER, BEFORE, DOCUMENT_ID, END, MATCH, PERMALINK


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
