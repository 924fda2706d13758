"""Asking a question, or a file of them."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from rag.commands.opened import opened
from rag.commands.options import AsJson, Data, First, Index, Languages, Last, Model, Outlets, filters_of
from rag.settings import load_settings


def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in any language.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="Passages wanted.")] = 5,
    outlet: Outlets = None,
    language: Languages = None,
    first: First = None,
    last: Last = None,
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
    """Ask a question. The answer is the passages that hold it, each with its citation."""
    if (question is None) == (file is None):
        raise typer.BadParameter("give either a question or --file")
    if form == "csv" and file is None:
        raise typer.BadParameter(
            "csv holds the answers to a --file; a question takes --json", param_hint="--format"
        )
    from rag.ask_command import Asking, ask_file, ask_one

    filters = filters_of(outlet, language, first, last)
    settings = load_settings(data=data, index=index, model=model)
    with opened(settings) as retriever:
        asking = Asking(k, filters, dates)
        if file is not None:
            sys.exit(ask_file(retriever, file, asking, form, settings.address))
        ask_one(retriever, question or "", asking, as_json)
