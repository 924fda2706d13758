"""What goes in and out of chat completions: the part of OpenAI's forms that is used here."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.ask_reply import AskReply
from api.examples import PERMALINK
from api.fields import clean_question
from api.requests import MAX_EARLIER

MAX_TURNS = 500  # of a conversation; only the questions among them are read
MODEL = "ibid"


class Turn(BaseModel):
    """One turn of a conversation."""

    # What else other models take (names, tool calls, temperatures) is accepted and has no effect.
    model_config = ConfigDict(extra="ignore", strict=True)

    role: Literal["system", "developer", "user", "assistant", "tool", "function"] = Field(examples=["user"])
    content: str | list[dict[str, Any]] | None = Field(
        default=None, description="Text, or parts of which the texts count.", examples=["Qui a signé ?"]
    )

    @property
    def text(self) -> str:
        """Return the words of this turn."""
        parts = [{"text": self.content}] if isinstance(self.content, str) else self.content or []
        return "\n".join(part["text"] for part in parts if isinstance(part.get("text"), str))


class ChatRequest(BaseModel):
    """A conversation whose last turn of role `user` is the question."""

    model_config = ConfigDict(extra="ignore", strict=True)

    messages: list[Turn] = Field(min_length=1, max_length=MAX_TURNS)
    model: str = Field(default=MODEL, max_length=200, description="There is one.", examples=[MODEL])
    stream: bool | None = Field(default=False, description="Whether to answer in events.", examples=[False])

    @model_validator(mode="after")
    def _has_question(self) -> "ChatRequest":
        clean_question(self.messages[-1].text if self.messages[-1].role == "user" else "")
        return self

    @property
    def questions(self) -> list[str]:
        """Return the questions, oldest first; the last one is to be answered."""
        asked = [turn.text for turn in self.messages if turn.role == "user"]
        return [question for text in asked[-1 - MAX_EARLIER :] if (question := _question(text))]


def _question(text: str) -> str | None:
    try:
        return clean_question(text)
    except ValueError:  # too long for a question: not one to be understood from
        return None


class UrlCitation(BaseModel):
    """A part of the content and where it can be checked; offsets count code points."""

    start_index: int = Field(ge=0, examples=[0])
    end_index: int = Field(ge=0, examples=[64])
    title: str = Field(examples=["Le Luxembourg et le Maroc signent une déclaration d’intention"])
    url: str = Field(description="The permalink.", examples=[f"http://127.0.0.1:8000{PERMALINK}"])


class Annotation(BaseModel):
    """A mark on the content."""

    type: Literal["url_citation"]
    url_citation: UrlCitation


class AssistantMessage(BaseModel):
    """The answer, as Markdown in which nothing of the articles is markup."""

    role: Literal["assistant"]
    content: str = Field(examples=["Les deux pays ont signé une déclaration d’intention. [1]"])
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one answer."""

    index: Literal[0]
    message: AssistantMessage
    finish_reason: Literal["stop"]


class Usage(BaseModel):
    """Always zero: nothing is charged for."""

    prompt_tokens: Literal[0]
    completion_tokens: Literal[0]
    total_tokens: Literal[0]


class ChatReply(BaseModel):
    """A chat completion; `ibid` is the reply of POST /v1/ask behind it."""

    id: str = Field(examples=["chatcmpl-5f0c2a34c1d84d7e9a0b6c1d2e3f4a5b"])
    object: Literal["chat.completion"]
    created: int = Field(description="Seconds since 1970.", examples=[1795600000])
    model: Literal["ibid"]
    choices: Annotated[list[Choice], Field(min_length=1, max_length=1)]
    usage: Usage
    ibid: AskReply


class ModelReply(BaseModel):
    """A model that can be asked."""

    id: Literal["ibid"]
    object: Literal["model"]
    created: int = Field(description="When the index was built; seconds since 1970.", examples=[1795600000])
    owned_by: Literal["ibid"]


class ModelsReply(BaseModel):
    """The models that can be asked: one."""

    object: Literal["list"]
    data: list[ModelReply]
