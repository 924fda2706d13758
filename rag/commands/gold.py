"""Writing a gold set."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from rag.commands.opened import opened
from rag.commands.options import GOLD, Data, Index, Model
from rag.settings import load_settings


def add(
    question: Annotated[str, typer.Argument(help="The question, in any language.")],
    kind: Annotated[str, typer.Option(help='What it asks for: "who", "when", "near-miss", …')],
    gold: Annotated[Path, typer.Option(help="Gold set, JSON lines; made where it is missing.")] = GOLD,
    split: Annotated[Literal["dev", "test"], typer.Option(help="Half of the gold set.")] = "dev",
    difficulty: Annotated[str | None, typer.Option(help='What makes it hard: "paraphrase", …')] = None,
    language: Annotated[str | None, typer.Option(help="fr, en, …; recognised where it is not given.")] = None,
    pair: Annotated[str | None, typer.Option(help="Of the same question in another language.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="Passages shown.")] = 5,
    data: Data = None,
    index: Index = None,
    model: Model = None,
) -> None:
    """Add a question to a gold set. You pick the sentences that answer it."""
    from rag.evaluation.gold_command import Draft, add_command

    draft = Draft(question, kind, split, difficulty, language, pair)
    with opened(load_settings(data=data, index=index, model=model)) as retriever:
        add_command(retriever, gold, draft, k)
