"""Asking a question, or a file of them."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from rag.commands.opened import opened
from rag.commands.options import AsJson, Data, Index, Model
from rag.settings import load_settings

DAY = ["%Y-%m-%d"]


def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in any language.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="Passages wanted.")] = 5,
    outlet: Annotated[list[str] | None, typer.Option(help="Only this outlet; may be repeated.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="Only this language (fr, en, …).")] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="First day; leaves out what has no date.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, help="Last day; leaves out what has no date.")
    ] = None,
    dates: Annotated[
        bool, typer.Option(help="Let a date in the question favour articles of its time.")
    ] = True,
    file: Annotated[
        Path | None, typer.Option(help="Questions: CSV with a column `question`, JSON lines, or text.")
    ] = None,
    form: Annotated[
        Literal["jsonl", "csv"], typer.Option("--format", help="What the answers to a file are printed as.")
    ] = "jsonl",
    data: Data = None,
    index: Index = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Ask a question; the answer is the passages that hold it, each with its citation."""
    if (question is None) == (file is None):
        raise typer.BadParameter("give either a question or --file")
    from rag.ask_command import Asking, ask_file, ask_one
    from rag.errors import BadData
    from rag.filters import Filters

    days = first and first.date(), last and last.date()
    try:
        filters = Filters(*days, tuple(outlet or ()), tuple(language or ()))
    except BadData as error:
        raise typer.BadParameter(f"{error}; {error.remedy}", param_hint="--from, --to") from None
    settings = load_settings(data=data, index=index, model=model)
    with opened(settings) as retriever:
        asking = Asking(k, filters, dates)
        if file is not None:
            sys.exit(ask_file(retriever, file, asking, form, settings.address))
        ask_one(retriever, question or "", asking, as_json)
