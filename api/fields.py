"""The types of request fields: strict where JSON libraries are lax."""

import contextlib
import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from rag.citations import ID

MAX_QUESTION = 2000  # characters: two pages of a magazine; longer texts are not questions
MAX_VALUES = 50  # values of one filter: more is a query language, which this is not
MAX_VALUE = 200  # characters of one value: the longest outlet names have about 80

# Spaces, controls and characters that nobody sees, as a set for regular expressions: the ASCII and
# Latin-1 ones, no-break and typographic spaces, zero-width and direction marks, the byte order mark.
BLANK = r"\u0000-\u0020\u007f-\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
AT_ENDS = re.compile(rf"^[{BLANK}]+|[{BLANK}]+$")
CONTROL = re.compile(r"[\u0000-\u001f\u007f-\u009f]")
# What `clean_question` takes, for readers of the schema.
TRIMMED = rf"^[{BLANK}]*[^{BLANK}]([^\u0000]{{0,{MAX_QUESTION - 2}}}[^{BLANK}])?[{BLANK}]*$"
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DIGITS = re.compile(r"[0-9]{1,9}")


def clean_question(question: str) -> str:
    """Trim the blanks at both ends of a question and replace its control characters by spaces.

    Raises:
        PydanticCustomError: nothing that can be seen is left, too much is left, or it holds U+0000.

    """
    question = CONTROL.sub(" ", AT_ENDS.sub("", _no_nul(question)))
    if not any(character.isprintable() and not character.isspace() for character in question):
        raise PydanticCustomError("empty_question", "must hold a question, not only blanks")
    if len(question) > MAX_QUESTION:
        raise PydanticCustomError(
            "question_too_long",
            "must have at most {limit} characters, has {length}",
            {"limit": MAX_QUESTION, "length": len(question)},
        )
    return question


def _iso_date(value: object) -> date:
    """Read "2019-09-25" and nothing else: no time stamps, no 25/09/2019."""
    if isinstance(value, str) and ISO_DATE.fullmatch(value):
        with contextlib.suppress(ValueError):  # 31 February
            return date.fromisoformat(value)
    raise PydanticCustomError("date_form", "must be a day of the calendar, such as 2019-09-25")


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _digits_only(value: object) -> object:
    """Refuse the spellings of a number that Python takes and nobody else ("1_0", "+5")."""
    if isinstance(value, str) and not DIGITS.fullmatch(value):
        raise PydanticCustomError("digits", "must be a whole number in plain digits")
    return value


def _whole(value: object) -> object:
    """Take 2.0 for 2: JSON has one kind of number, and JSON Schema calls both an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _no_nul(value: str) -> str:
    if "\0" in value:
        raise PydanticCustomError("invalid_character", "must not hold the character U+0000")
    return value


Question = Annotated[
    str,
    AfterValidator(clean_question),
    Field(
        description=f"The question, in any language: 1 to {MAX_QUESTION} characters after trimming. "
        "At least one can be seen. Control characters count as spaces; U+0000 and lone surrogates are "
        "refused.",
        examples=["what did Luxembourg and Morocco sign?"],
        json_schema_extra={"minLength": 1, "pattern": TRIMMED, "not": {"pattern": r"\u0000"}},
    ),
]
IsoDate = Annotated[date, BeforeValidator(_iso_date), WithJsonSchema({"type": "string", "format": "date"})]
WholeNumber = Annotated[int, BeforeValidator(_whole)]
PlainInteger = Annotated[int, BeforeValidator(_digits_only)]
Value = Annotated[str, AfterValidator(_no_nul), Field(min_length=1, max_length=MAX_VALUE)]
# What `Value` takes, for readers of the schema.
ONE_VALUE = {"type": "string", "minLength": 1, "maxLength": MAX_VALUE, "pattern": r"^[^\u0000]+$"}
CitationId = Annotated[str, Field(pattern=f"^{ID.pattern}$")]
AnyOf = Annotated[
    list[Value],
    BeforeValidator(_listed),
    Field(max_length=MAX_VALUES),
    WithJsonSchema({"anyOf": [ONE_VALUE, {"type": "array", "items": ONE_VALUE, "maxItems": MAX_VALUES}]}),
]
