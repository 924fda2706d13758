"""What several commands take, and the articles that come with Ibid."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rag.filters import Filters

Data = Annotated[Path | None, typer.Option(help="Folder for the index and the embedding cache.")]
Index = Annotated[
    str | None, typer.Option(help="milvus://HOST:PORT/NAME for an index in Milvus, else in the data folder.")
]
Model = Annotated[str | None, typer.Option(help='"bundled", a folder, or a hub id.')]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day of the calendar; write it as 2019-09-25") from None


DAY = "YYYY-MM-DD"
Outlets = Annotated[list[str] | None, typer.Option(help="Only this outlet; may be repeated.")]
Languages = Annotated[list[str] | None, typer.Option(help="Only this language (fr, en, …).")]
First = Annotated[
    date | None,
    typer.Option("--from", parser=_day, metavar=DAY, help="First day; leaves out what has no date."),
]
Last = Annotated[
    date | None,
    typer.Option("--to", parser=_day, metavar=DAY, help="Last day; leaves out what has no date."),
]

# Where Ibid runs from its own checkout.
SEEDS = Path(__file__).parents[2] / "seeds" / "articles"
GOLD = SEEDS.parent / "gold.jsonl"


def filters_of(outlet: Outlets, language: Languages, first: First, last: Last) -> "Filters":
    """Return what these options ask for. Raises BadParameter where the days hold none."""
    from rag.errors import BadData
    from rag.filters import Filters

    try:
        return Filters(first, last, tuple(outlet or ()), tuple(language or ()))
    except BadData as error:
        raise typer.BadParameter(f"{error}; {error.remedy}", param_hint="--from, --to") from None
