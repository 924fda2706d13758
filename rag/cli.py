"""The command line. Results go to stdout, progress and messages to stderr."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rag.errors import BadConfiguration, IbidError, NoInput
from rag.output import end_quietly
from rag.settings import Settings, load_settings

if TYPE_CHECKING:
    from embeddings import Encoder
    from rag.report import Report
    from rag.retriever import Retriever

# Most of the program is imported inside the commands: `ibid --help` and a wrong option then
# answer at once, and `ibid ask` loads neither the server nor the indexer.

app = typer.Typer(
    help="Cited answers from your own articles: exact passages, across languages, offline.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

gold_app = typer.Typer(
    help="Write a gold set: questions and the places that answer them.", no_args_is_help=True
)
app.add_typer(gold_app, name="gold")

Data = Annotated[Path | None, typer.Option(help="Folder for the index and the embedding cache.")]
Model = Annotated[str | None, typer.Option(help='"bundled", a folder, or a hub id.')]
COMPARED = (
    'Models: "bundled", folders or hub ids; "MODEL|QUESTION PREFIX|PASSAGE PREFIX" gives one its prefixes.'
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

# The articles that come with Ibid, where it runs from its own checkout.
SEEDS = Path(__file__).parent.parent / "seeds" / "articles"
GOLD = SEEDS.parent / "gold.jsonl"
EX_INTERRUPTED = 130
DAY = ["%Y-%m-%d"]


def main() -> None:
    """Run the command line; every error a user can cause ends in one line and its exit code."""
    end_quietly()
    try:
        app()
    except IbidError as error:
        _fail(str(error), error.remedy, error.exit_code)
    except KeyboardInterrupt:
        sys.exit(EX_INTERRUPTED)
    except Exception as error:
        from embeddings import EncoderError  # not before: numpy takes its time

        if not isinstance(error, EncoderError):
            raise
        _fail(str(error), error.remedy, BadConfiguration.exit_code)
    finally:
        if sys.stdout is not None:
            sys.stdout.flush()


def _fail(message: str, remedy: str, code: int) -> None:
    from rag.terminal import plain

    typer.echo(plain(f"ibid: {message}"), err=True)
    if remedy:
        typer.echo(plain(f"      {remedy}"), err=True)
    sys.exit(code)


@app.command()
def index(
    paths: Annotated[list[Path] | None, typer.Argument(help="Folders, files or globs of articles.")] = None,
    data: Data = None,
    model: Model = None,
    strict: Annotated[bool, typer.Option(help="Exit with 65 where a file was skipped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the index of exactly these PATHS; without any, those of the index before are read again."""
    from rag.terminal import print_report

    settings = load_settings(data=data, model=model)
    report = _build(paths or _indexed_before(settings), settings)
    if as_json:
        _print_json(report.as_json())
    else:
        print_report(report)
    if strict and report.skipped:
        sys.exit(65)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in any language.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="Passages wanted.")] = 5,
    outlet: Annotated[list[str] | None, typer.Option(help="Only this outlet; may be repeated.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="Only this language (fr, en, …).")] = None,
    first: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="First day.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day.")] = None,
    dates: Annotated[bool, typer.Option(help="Let a date in the question bring its time forward.")] = True,
    file: Annotated[
        Path | None, typer.Option(help="Questions: CSV with a column `question`, JSON lines, or text.")
    ] = None,
    form: Annotated[
        Literal["jsonl", "csv"], typer.Option("--format", help="What the answers to a file are printed as.")
    ] = "jsonl",
    data: Data = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Ask a question; the answer is the passages that hold it, each with its citation."""
    if (question is None) == (file is None):
        raise typer.BadParameter("give either a question or --file")
    from rag.ask_command import Asking, ask_file, ask_one
    from rag.filters import Filters

    days = first and first.date(), last and last.date()
    asking = Asking(k, Filters(*days, tuple(outlet or ()), tuple(language or ())), dates)
    settings = load_settings(data=data, model=model)
    with _retriever(settings) as retriever:
        if file is not None:
            sys.exit(ask_file(retriever, file, asking, form, settings.address))
        ask_one(retriever, question or "", asking, as_json)


@app.command()
def export(
    citations: Annotated[list[str], typer.Argument(help="Ids or permalinks of citations.")],
    form: Annotated[
        Literal["markdown", "ris", "bibtex", "csl-json"], typer.Option("--format", help="What to print.")
    ] = "markdown",
    data: Data = None,
    model: Model = None,
) -> None:
    """Print citations for a text or a reference manager, each with its words and permalink."""
    from rag.exports import EXPORTS
    from rag.reference import references

    ids = [citation.rpartition("/")[2].partition("?")[0] for citation in citations]
    settings, today = load_settings(data=data, model=model), datetime.now(UTC).date()
    with _retriever(settings) as retriever:
        cited = references(ids, retriever.snapshot, settings.address, today)
    typer.echo(EXPORTS[form].write(cited), nl=False)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any.")] = None,
    data: Data = None,
    model: Model = None,
) -> None:
    """Serve the page and the HTTP API; builds the index of the seed articles where there is none."""
    from importlib import import_module

    settings = load_settings(host=host, port=port, data=data, model=model)
    from rag.snapshot import CURRENT

    if not (settings.data / CURRENT).exists():
        from rag.terminal import print_report

        print_report(_build(_indexed_before(settings), settings), err=True)
    # By name: the server stands above this package and must not be needed by it.
    import_module("api.server").run(settings)


@app.command()
def mcp(
    transport: Annotated[Literal["stdio", "http"], typer.Option(help="How assistants reach it.")] = "stdio",
    host: Annotated[str | None, typer.Option(help="Address to listen on, over HTTP.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any.")] = None,
    data: Data = None,
    model: Model = None,
) -> None:
    """Serve assistants (Model Context Protocol) with two tools that only read: ask and get_article."""
    from importlib import import_module
    from importlib.util import find_spec

    if find_spec("mcp") is None:
        raise BadConfiguration("the extra 'mcp' is not installed", "pip install 'ibid[mcp]'")
    settings = load_settings(host=host, port=port, data=data, model=model)
    import_module("api.mcp_server").run(settings, transport)


@app.command()
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
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Measure retrieval, highlights and refusals on a gold set; exit 1 on a regression."""
    from rag.evaluation.command import Request, compare_command, evaluate_command
    from rag.evaluation.compare import TOLERANCE

    accepted = TOLERANCE if tolerance is None else tolerance
    if compare is not None:
        sys.exit(compare_command(*compare, accepted, as_json))
    settings = load_settings(data=data, model=model)
    with _retriever(settings) as retriever:
        request = Request(gold, split, as_json, out, html, baseline, accepted, settings.address)
        sys.exit(evaluate_command(retriever, request))


@gold_app.command()
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
    model: Model = None,
) -> None:
    """Ask a question, pick the sentences that answer it, and add it to a gold set."""
    from rag.evaluation.gold_command import Draft, add_command

    draft = Draft(question, kind, split, difficulty, language, pair)
    with _retriever(load_settings(data=data, model=model)) as retriever:
        add_command(retriever, gold, draft, k)


@app.command()
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
    """Measure models side by side: languages, search by meaning alone, speed and size."""
    from rag.evaluation.models_command import ModelsRequest, compare_models_command
    from rag.evaluation.named import read_name

    def load(text: str) -> "Encoder":
        return _encoder(load_settings(**asdict(read_name(text))))

    tokens = load_settings().passage_tokens
    request = ModelsRequest(tuple(models), gold, articles, split, parallel, tokens, as_json)
    sys.exit(compare_models_command(request, load))


@app.command()
def inspect(
    document: Annotated[str, typer.Argument(help="Id or source of a document, or a part of its source.")],
    data: Data = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Show a document: what is known about it, its passages, what was set aside and why."""
    from rag.reply import document_as_json
    from rag.terminal import print_document

    with _retriever(load_settings(data=data, model=model)) as retriever:
        snapshot = retriever.snapshot
        every = snapshot.documents(0, snapshot.manifest.counts.documents)
        matching = [one for one in every if document == one.id or document in one.source]
        if len(matching) != 1:
            names = ", ".join(one.source for one in matching[:10]) or "none"
            raise NoInput(f"{document!r} names {len(matching)} documents ({names})", "give one id or source")
        passages = snapshot.passages_of(matching[0].id)
        if as_json:
            _print_json(document_as_json(matching[0]))
        else:
            print_document(matching[0], passages)


@app.command()
def verify(data: Data = None, model: Model = None) -> None:
    """Check every file of the index against its manifest."""
    with _retriever(load_settings(data=data, model=model)) as retriever:
        manifest = retriever.snapshot.manifest
        typer.echo(f"{retriever.snapshot.path}: {len(manifest.files)} files are as the manifest says")


@app.command()
def doctor(data: Data = None, model: Model = None, as_json: AsJson = False) -> None:
    """Show on one screen whether everything works, and what to do where it does not."""
    from rag.doctor import examine
    from rag.terminal import print_findings

    findings = examine(load_settings(data=data, model=model))
    if as_json:
        _print_json([finding.as_json() for finding in findings])
    else:
        print_findings(findings)
    if not all(finding.good for finding in findings):
        sys.exit(1)


@app.command()
def config(data: Data = None, model: Model = None, as_json: AsJson = False) -> None:
    """Show every setting, its value and where the value comes from."""
    from rag.settings import origin
    from rag.terminal import print_settings

    settings = load_settings(data=data, model=model)
    rows = [(name, str(getattr(settings, name)), origin(name, settings)) for name in Settings.model_fields]
    if as_json:
        _print_json({name: {"value": value, "origin": place} for name, value, place in rows})
    else:
        print_settings(rows)


def _indexed_before(settings: Settings) -> list[Path]:
    """Return what the current index was made from, else the seed articles.

    Raises:
        NoInput: there is neither.

    """
    from rag.errors import SnapshotError, SnapshotMissing
    from rag.manifest import read_manifest
    from rag.snapshot import current_path

    try:
        return [Path(root) for root in read_manifest(current_path(settings.data)).roots]
    except SnapshotMissing:
        if SEEDS.is_dir():
            return [SEEDS]
        raise NoInput("no folder of articles is given", "ibid index FOLDER") from None
    except SnapshotError as error:
        raise NoInput(f"the folder that was indexed is not known: {error}", "ibid index FOLDER") from None


def _build(paths: list[Path], settings: Settings) -> "Report":
    from rag.indexing import build_index
    from rag.terminal import progress_bar

    with progress_bar() as progress:
        return build_index(paths, settings, _encoder(settings), progress)


def _encoder(settings: Settings) -> "Encoder":
    from embeddings import load_encoder

    return load_encoder(settings.model, settings.query_prefix, settings.passage_prefix)


@contextmanager
def _retriever(settings: Settings) -> Iterator["Retriever"]:
    from rag import language

    language.preload()
    from rag.retriever import Retriever
    from rag.snapshot import open_current

    encoder = _encoder(settings)
    snapshot = open_current(settings.data, encoder)
    try:
        yield Retriever(snapshot, encoder)
    finally:
        snapshot.close()


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
