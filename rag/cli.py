"""The command line. Results go to stdout, progress and messages to stderr."""

import sys
from typing import Annotated

import typer

from rag.commands import articles
from rag.commands.citations import export
from rag.commands.document import inspect
from rag.commands.evaluation import compare_models, evaluate
from rag.commands.gold import add
from rag.commands.index import index
from rag.commands.question import ask
from rag.commands.server import mcp, serve
from rag.commands.state import config, doctor, verify
from rag.errors import BadConfiguration, IbidError
from rag.output import end_quietly
from rag.wrong_option import Commands

app = typer.Typer(
    cls=Commands,
    help="Cited answers from your own articles: exact passages, across languages, offline.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
gold_app = typer.Typer(
    help="Write a gold set. It holds questions and the places that answer them.", no_args_is_help=True
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"ibid {version('ibid')}")
        raise typer.Exit


@app.callback()
def ibid(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take what stands before the command."""


# In the order in which `ibid --help` names them.
COMMANDS = (
    index,
    ask,
    articles.list,
    export,
    serve,
    mcp,
    evaluate,
    compare_models,
    inspect,
    verify,
    doctor,
    config,
)
for command in COMMANDS:
    app.command()(command)
gold_app.command()(add)
app.add_typer(gold_app, name="gold")

EX_INTERRUPTED = 130


def main() -> None:
    """Run the command line; every error a user can cause ends in one line and its exit code."""
    end_quietly()
    try:
        try:
            app(prog_name="ibid")
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except IbidError as error:
        _fail(str(error), error.remedy, error.exit_code)
    except KeyboardInterrupt:
        sys.exit(EX_INTERRUPTED)
    except Exception as error:
        from embeddings import EncoderError  # not before: numpy takes its time

        if not isinstance(error, EncoderError):
            raise
        _fail(str(error), error.remedy, BadConfiguration.exit_code)


def _fail(message: str, remedy: str, code: int) -> None:
    from rag.terminal import plain

    typer.echo(plain(f"ibid: {message}"), err=True)
    if remedy:
        typer.echo(plain(f"      {remedy}"), err=True)
    sys.exit(code)
