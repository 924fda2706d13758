"""Serving people and programs over HTTP, and assistants."""

from typing import Annotated, Literal

import typer

from rag import language
from rag.commands.index import build, indexed_before
from rag.commands.options import Data, Index, Model
from rag.errors import BadConfiguration
from rag.settings import load_settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any.")] = None,
    data: Data = None,
    index: Index = None,
    model: Model = None,
) -> None:
    """Serve the page and the HTTP API. Builds the index of the seed articles where there is none."""
    from importlib import import_module

    language.preload()
    settings = load_settings(host=host, port=port, data=data, index=index, model=model)
    from rag.location import location_of

    if location_of(settings).pointer() is None:
        from rag.terminal import print_report

        print_report(build(indexed_before(settings), settings), err=True)
    # By name: the server stands above this package and must not be needed by it.
    import_module("api.server").run(settings)


def mcp(
    transport: Annotated[Literal["stdio", "http"], typer.Option(help="How assistants reach it.")] = "stdio",
    host: Annotated[str | None, typer.Option(help="Address to listen on, over HTTP.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any.")] = None,
    data: Data = None,
    index: Index = None,
    model: Model = None,
) -> None:
    """Serve assistants (Model Context Protocol). They get two tools that only read: ask and get_article."""
    from importlib import import_module
    from importlib.util import find_spec

    language.preload()
    if find_spec("mcp") is None:
        raise BadConfiguration("the extra 'mcp' is not installed", "pip install 'ibid[mcp]'")
    settings = load_settings(host=host, port=port, data=data, index=index, model=model)
    import_module("api.mcp_server").run(settings, transport)
