"""Making the index."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.commands.opened import embedding
from rag.commands.options import SEEDS, AsJson, Data, Index, Model
from rag.errors import NoInput, SnapshotError, SnapshotMissing
from rag.output import print_json
from rag.settings import Settings, load_settings

if TYPE_CHECKING:
    from rag.report import Report


def _path(text: str) -> Path:
    """Return a path. Python takes an empty one, as that of an unset variable, for the current folder."""
    if not text:
        raise typer.BadParameter("'' is no path; give . for the current folder")
    if text.startswith(("http://", "https://")):
        raise typer.BadParameter(f"{text} is no path; save the page, and give its file")
    return Path(text)


def index(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders, files or globs of articles.", parser=_path),
    ] = None,
    data: Data = None,
    index: Index = None,
    model: Model = None,
    strict: Annotated[bool, typer.Option(help="Exit with 65 where a file was skipped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the index of exactly these PATHS. Without any, those of the index before are read again."""
    from rag.terminal import print_report

    settings = load_settings(data=data, index=index, model=model)
    report = build(paths or indexed_before(settings), settings)
    if as_json:
        print_json(report.as_json())
    else:
        print_report(report)
    if strict and report.skipped:
        sys.exit(65)


def indexed_before(settings: Settings) -> list[Path]:
    """Return what the current index was made from, else the seed articles.

    Raises:
        NoInput: there is neither.

    """
    from rag.location import location_of

    try:
        return location_of(settings).roots()
    except SnapshotMissing:
        if SEEDS.is_dir():
            return [SEEDS]
        raise NoInput("no folder of articles is given", "ibid index FOLDER") from None
    except SnapshotError as error:
        raise NoInput(f"the folder that was indexed is not known: {error}", "ibid index FOLDER") from None


def build(paths: list[Path], settings: Settings) -> "Report":
    """Make the index of these paths, with a bar where somebody is looking."""
    from rag.indexing import build_index
    from rag.terminal import progress_bar

    with _uncollected(), embedding(settings) as encoder, progress_bar() as progress:
        return build_index(paths, settings, encoder, progress)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector from looking through all that was read, again and again.

    What a run makes refers to nothing in a circle, so that all goes without it.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
