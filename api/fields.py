"""The types of request fields: strict where JSON libraries are lax."""

import contextlib
import re
import unicodedata
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

MAX_QUESTION = 2000  # characters: two pages of a magazine; longer texts are not questions
MAX_VALUES = 50  # values of one filter: more is a query language, which this is not
MAX_VALUE = 200  # characters of one value: the longest outlet names have about 80

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DIGITS = re.compile(r"[0-9]{1,9}")


def clean_question(question: str) -> str:
    """Trim a question and replace its control characters by spaces.

    Separators and invisible characters (Unicode categories Z and C, so also no-break and
    zero-width spaces) at both ends do not count.
    """
    if "\0" in question:
        raise PydanticCustomError("invalid_character", "must not hold the character U+0000")
    plain = "".join(" " if unicodedata.category(c) == "Cc" else c for c in question)
    start, end = 0, len(plain)
    while start < end and unicodedata.category(plain[start])[0] in "ZC":
        start += 1
    while end > start and unicodedata.category(plain[end - 1])[0] in "ZC":
        end -= 1
    return _measured(plain[start:end])


def _measured(question: str) -> str:
    if not question:
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
        "Control characters count as spaces; U+0000 and lone surrogates are refused.",
        examples=["what did Luxembourg and Morocco sign?"],
        json_schema_extra={"minLength": 1, "maxLength": MAX_QUESTION, "pattern": r"[^\s\x00-\x1f]"},
    ),
]
IsoDate = Annotated[date, BeforeValidator(_iso_date), WithJsonSchema({"type": "string", "format": "date"})]
WholeNumber = Annotated[int, BeforeValidator(_whole)]
PlainInteger = Annotated[int, BeforeValidator(_digits_only)]
Value = Annotated[str, AfterValidator(_no_nul), Field(min_length=1, max_length=MAX_VALUE)]
AnyOf = Annotated[
    list[Value],
    BeforeValidator(_listed),
    Field(max_length=MAX_VALUES),
    WithJsonSchema({
        "anyOf": [
            {"type": "string", "minLength": 1, "maxLength": MAX_VALUE},
            {
                "type": "array",
                "items": {"type": "string", "minLength": 1, "maxLength": MAX_VALUE},
                "maxItems": MAX_VALUES,
            },
        ]
    }),
]  # fmt: skip
