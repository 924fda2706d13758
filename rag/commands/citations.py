"""Exporting citations."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from rag.commands.opened import opened
from rag.commands.options import Data, Index, Model
from rag.output import put
from rag.settings import load_settings


def export(
    citations: Annotated[list[str], typer.Argument(help="Ids or permalinks of citations.")],
    form: Annotated[
        Literal["markdown", "ris", "bibtex", "csl-json"], typer.Option("--format", help="What to print.")
    ] = "markdown",
    data: Data = None,
    index: Index = None,
    model: Model = None,
) -> None:
    """Print citations for a text or a reference manager. Each comes with its words and permalink."""
    from rag.exports import EXPORTS
    from rag.reference import references

    ids = [citation.rpartition("/")[2].partition("?")[0] for citation in citations]
    settings, today = load_settings(data=data, index=index, model=model), datetime.now(UTC).date()
    with opened(settings) as retriever:
        cited = references(ids, retriever.snapshot, settings.address, today)
    put(EXPORTS[form].write(cited))
