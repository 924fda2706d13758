"""What the command line shows a person. Text of articles is shown as text, never obeyed."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rag.answer import Answer, Hit
from rag.citations import cite
from rag.documents import Document
from rag.output import put
from rag.passages import Passage

if TYPE_CHECKING:
    from rag.doctor import Finding
    from rag.progress import Progress as Tell
    from rag.report import Report

# Controls that move the cursor, colour the screen or turn the direction of writing.
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
PIPE_WIDTH = 100  # columns where the output is no terminal
MOST_ROWS = 20  # of one kind in the report of a run: what is wrong with a whole archive fills no screen


def plain(text: str) -> str:
    """Return a text with every terminal escape and direction control made visible as U+FFFD.

    It keeps its length. Line ends of Windows and of the old Macintosh are line ends: left as they are they
    would write over the line.
    """
    text = text.replace("\r\n", " \n").replace("\r", "\n")
    return UNSAFE.sub("\ufffd", text).encode("utf-8", "replace").decode("utf-8")


def _console(err: bool = False) -> Console:
    console = Console(stderr=err, highlight=False, markup=False, emoji=False)
    return (
        console
        if console.is_terminal
        else Console(stderr=err, highlight=False, markup=False, emoji=False, width=PIPE_WIDTH)
    )


@contextmanager
def progress_bar() -> Iterator["Tell"]:
    """Show a bar, the rate and the time left on stderr while an index is made.

    Only if somebody is looking.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TaskProgressColumn, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    class Rate(TaskProgressColumn):
        def render(self, task: Task) -> Text:
            return self.render_speed(task.speed)

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), Left())
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda stage, done, total: bar.update(task, description=stage, completed=done, total=total)


def print_answer(answer: Answer) -> None:
    """Print the passages with their answering sentences in bold, or say that there is no answer."""
    console = _console()
    print_warnings(answer.warnings)
    if not answer.answerable:
        console.print(Text(f"No answer: {plain(answer.reason or '')}.", style="bold"))
        if answer.hits:
            console.print(Text("The nearest passages:"))
    for hit in answer.hits:
        if hit.rank > 1 or not answer.answerable:
            console.print()
        console.print(_heading(hit), soft_wrap=not console.is_terminal)
        console.print(_passage(hit), soft_wrap=not console.is_terminal)
        for copy in hit.also_in:
            console.print(Text(f"also in {_name(copy)}", style="dim"), soft_wrap=not console.is_terminal)


def print_warnings(warnings: Sequence[str]) -> None:
    """Print what a reader should know beside the result."""
    console = _console(err=True)
    for warning in warnings:
        line = Text(f"warning: {plain(warning)}", style="yellow")
        console.print(line, soft_wrap=not console.is_terminal)


def _heading(hit: Hit) -> Text:
    citation = cite(hit)
    known = (citation.title or citation.source, citation.outlet, citation.published_on)
    name = " · ".join(plain(str(part)) for part in known if part)
    return Text.assemble(
        (f"{citation.label} ", "bold cyan"), (name, "bold"), (f"  {citation.permalink}", "dim")
    )


def _name(copy: Document) -> str:
    known = copy.metadata
    parts = (known.title or copy.source, known.outlet, known.published_on)
    return " · ".join(plain(str(part)) for part in parts if part)


def _passage(hit: Hit) -> Text:
    text = Text(plain(hit.text))  # as many characters as before: offsets hold
    for span in hit.highlights:
        text.stylize("bold underline", span.start, span.end)
    return text


def print_report(report: "Report", err: bool = False) -> None:
    """Print what an indexing run did."""
    console = _console(err)
    change = report.change
    state = "built" if report.rebuilt else "unchanged"
    rows = [
        ("index", f"{report.index[:12]} {state} in {report.seconds:.1f} s"),
        (
            "articles",
            f"{report.documents} ({', '.join(f'{n} {code}' for code, n in report.languages.items())})",
        ),
        (
            "changes",
            f"{len(change.added)} added, {len(change.changed)} changed, {len(change.deleted)} deleted, "
            f"{change.unchanged} unchanged",
        ),
        ("passages", str(report.passages)),
        (
            "embedded",
            f"{report.embedded} passages" if report.rebuilt else "nothing to embed",
        ),
        ("set aside", _set_aside(report)),
    ]
    for name, value in rows:
        console.print(f"{name:>10}  {value}", soft_wrap=True)
    doubt = "body and boilerplate cannot be told apart, all kept"
    _print_rows(console, "uncertain", [f"{source}: {doubt}" for source in report.uncertain])
    _print_rows(console, "copies", [f"{one}: {', '.join(others)}" for one, others in report.copies.items()])
    _print_rows(console, "note", [f"{source}: {'; '.join(notes)}" for source, notes in report.notes.items()])
    _print_rows(console, "skipped", [f"{name}: {reason} ({seen})" for name, reason, seen in report.skipped])
    for warning in report.warnings:
        console.print(Text(plain(f"   warning  {warning}"), style="yellow"), soft_wrap=True)


def _print_rows(console: Console, name: str, rows: Sequence[str]) -> None:
    for row in rows[:MOST_ROWS]:
        console.print(f"{name:>10}  {plain(row)}", soft_wrap=True)
    if len(rows) > MOST_ROWS:
        console.print(f"{name:>10}  and {len(rows) - MOST_ROWS:,} more: ibid index --json")


def _set_aside(report: "Report") -> str:
    total = sum(report.set_aside.values())
    reasons = ", ".join(f"{reason} {size}" for reason, size in report.set_aside.items())
    return f"{total} characters ({report.boilerplate_share:.0%})" + (f": {reasons}" if reasons else "")


def print_document(document: Document, passages: Sequence[Passage]) -> None:
    """Print what is known about a document, its passages and what was set aside, with reasons."""
    console, known = _console(), document.metadata
    facts = (
        ("id", document.id),
        ("source", document.source),
        ("title", known.title),
        ("outlet", known.outlet),
        ("published", known.published_on),
        ("language", known.language),
        ("author", known.author),
        ("address", known.url),
        ("copy of", document.copy_of),
        ("notes", "; ".join(document.notes)),
    )
    for name, value in facts:
        console.print(f"{name:>10}  {plain(str(value or '–'))}", soft_wrap=True)
    reasons = [(label.span.start, label.span.end, label.reason) for label in document.set_aside]
    body = [(*passage.span, "passage") for passage in passages if not passage.boilerplate]
    table = Table("start", "end", "kind", "words", box=None, header_style="bold")
    for start, end, kind in sorted(reasons + body):
        words = " ".join(plain(document.text[start:end]).split())
        table.add_row(str(start), str(end), kind, Text(words, overflow="ellipsis", no_wrap=True))
    console.print()
    console.print(table)


def print_documents(documents: Sequence[Document]) -> None:
    """Print a table of documents on a terminal; elsewhere one a line, whole, with tabs between."""
    console, rows = _console(), [_listed(document) for document in documents]
    if not console.is_terminal:
        put("".join("\t".join(row) + "\n" for row in rows))
        return
    table = Table(box=None, header_style="bold")
    table.add_column("title", min_width=console.width // 3)
    table.add_column("outlet")
    for name in ("date", "language", "id"):
        table.add_column(name, no_wrap=True)
    for title, outlet, *others in rows:
        table.add_row(*(Text(part, overflow="ellipsis", no_wrap=True) for part in (title, outlet)), *others)
    console.print(table)


def _listed(document: Document) -> list[str]:
    known = document.metadata
    parts = (known.title or document.source, known.outlet, known.published_on, known.language, document.id)
    return [" ".join(plain(str(part or "–")).split()) for part in parts]


def print_settings(rows: Sequence[tuple[str, str | None, str]]) -> None:
    """Print name, value and origin of each setting."""
    table = Table("setting", "value", "from", box=None, header_style="bold")
    for row in rows:
        table.add_row(*(Text(plain(cell or "–")) for cell in row))
    _console().print(table)


def print_findings(findings: Sequence["Finding"]) -> None:
    """Print each part examined, with the remedy where it is not in order."""
    console = _console()
    for finding in findings:
        mark = Text("ok ", style="green") if finding.good else Text("no ", style="bold red")
        console.print(Text.assemble(mark, f"{finding.part:>7}  {plain(finding.seen)}"), soft_wrap=True)
        if finding.remedy:
            console.print(f"            {plain(finding.remedy)}", soft_wrap=True)
