"""What the reader of an answer should know beside its passages: a code that stays, and the words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

MOST_TOLD = 5  # values named in a notice: enough to see how they are written

Field = Literal["outlet", "language"]
Value = str | int | list[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the reader.

    Attributes:
        code: one for each kind of notice; it stays where the words change.
        text: the sentence in English.
        values: what it names, for who puts it into other words. Of a long list `names` it holds the first
            few, and as `more_names` how many others there are.

    """

    code: str
    text: str
    values: Mapping[str, Value]


def unknown(field: Field, values: Sequence[str], known: Sequence[str]) -> Notice:
    """Say that no article has these values of a field, and some that articles have."""
    others = f"known are {_quoted(known)}" if known else "none is known"
    return Notice(
        f"unknown-{field}" if known else f"no-{field}",
        f"no article has the {field} {_quoted(values)}; {others}",
        _some(f"{field}s", values) | _some(f"known_{field}s", known),
    )


def undated(articles: int) -> Notice:
    """Say how many articles a filter of days leaves out for want of a date alone."""
    said = (
        "1 article has no date and was" if articles == 1 else f"{articles:,} articles have no date and were"
    )
    return Notice("undated", f"{said} left out", {"n": articles})


def foreign(
    what: Literal["questions", "articles"], language: str, model: str, known: Sequence[str]
) -> Notice:
    """Say that a model was not made for the language of the question, or of articles found."""
    return Notice(
        f"foreign-{what}",
        f"the model {model!r} was made for {', '.join(known)}; {what} in {language!r} may be found badly",
        {"model": model, "languages": list(known), "language": language},
    )


def unfitted(model: str) -> Notice:
    """Say that confidence was fitted for another model."""
    said = f"confidence was fitted for another model; with {model!r} it is a rough guide"
    return Notice("unfitted", said, {"model": model})


def _quoted(values: Sequence[str]) -> str:
    return ", ".join(map(repr, values[:MOST_TOLD])) + (", …" if len(values) > MOST_TOLD else "")


def _some(name: str, values: Sequence[str]) -> dict[str, Value]:
    return {name: list(values[:MOST_TOLD]), f"more_{name}": max(0, len(values) - MOST_TOLD)}
