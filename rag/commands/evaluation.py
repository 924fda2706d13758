"""Measuring the search, and models side by side."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rag.commands.opened import encoder_of, opened
from rag.commands.options import GOLD, SEEDS, AsJson, Data, Index, Model
from rag.settings import load_settings

if TYPE_CHECKING:
    from embeddings import Encoder

COMPARED = (
    'Models: "bundled", folders or hub ids; "MODEL|QUESTION PREFIX|PASSAGE PREFIX" gives one its prefixes.'
)


def evaluate(
    gold: Annotated[Path, typer.Argument(help="Gold set, JSON lines.")] = GOLD,
    split: Annotated[Literal["dev", "test", "all"], typer.Option(help="Half of the gold set.")] = "test",
    out: Annotated[Path | None, typer.Option(help="Folder for the TREC run, qrels and all results.")] = None,
    html: Annotated[Path | None, typer.Option(help="File for the report as one page.")] = None,
    compare: Annotated[
        tuple[Path, Path] | None, typer.Option(help="Compare two results written with --out, A then B.")
    ] = None,
    baseline: Annotated[Path | None, typer.Option(help="Results not to fall behind.")] = None,
    tolerance: Annotated[float | None, typer.Option(min=0, max=1, help="Loss that is accepted.")] = None,
    data: Data = None,
    index: Index = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Measure retrieval, highlights and refusals on a gold set. Exits with 1 on a regression."""
    from rag.evaluation.command import Request, compare_command, evaluate_command
    from rag.evaluation.compare import TOLERANCE

    accepted = TOLERANCE if tolerance is None else tolerance
    if compare is not None:
        sys.exit(compare_command(*compare, accepted, as_json))
    settings = load_settings(data=data, index=index, model=model)
    with opened(settings) as retriever:
        request = Request(gold, split, as_json, out, html, baseline, accepted, settings.address)
        sys.exit(evaluate_command(retriever, request))


def compare_models(
    models: Annotated[list[str], typer.Argument(help=COMPARED)],
    gold: Annotated[Path, typer.Option(help="Gold set, JSON lines.")] = GOLD,
    split: Annotated[Literal["dev", "test", "all"], typer.Option(help="Half of the gold set.")] = "test",
    parallel: Annotated[
        Path | None, typer.Option(help="Sentences, English TAB French, plain or gzip: adds bitext accuracy.")
    ] = None,
    articles: Annotated[Path, typer.Option(help="The articles of the gold set.")] = SEEDS,
    as_json: AsJson = False,
) -> None:
    """Measure models side by side. Shows languages, search by meaning alone, speed and size."""
    from rag.evaluation.models_command import ModelsRequest, compare_models_command
    from rag.evaluation.named import read_name

    def load(text: str) -> "Encoder":
        return encoder_of(load_settings(**asdict(read_name(text))))

    tokens = load_settings().passage_tokens
    request = ModelsRequest(tuple(models), gold, articles, split, parallel, tokens, as_json)
    sys.exit(compare_models_command(request, load))
