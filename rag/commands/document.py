"""Looking into a document."""

from typing import TYPE_CHECKING, Annotated

import typer

from rag.commands.opened import opened
from rag.commands.options import AsJson, Data, Index, Model
from rag.errors import NoInput
from rag.output import print_json
from rag.settings import load_settings

if TYPE_CHECKING:
    from rag.documents import Document

NAMED = 10  # articles in a message, at most


def inspect(
    document: Annotated[str, typer.Argument(help="Id or source of a document, or a part of its source.")],
    data: Data = None,
    index: Index = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Show what is known about a document. Lists its passages, what was set aside and why."""
    from rag.reply import document_as_json
    from rag.terminal import print_document

    with opened(load_settings(data=data, index=index, model=model)) as retriever:
        snapshot = retriever.snapshot
        every = snapshot.documents(0, snapshot.manifest.counts.documents)
        matching = _matching(document, every)
        if len(matching) != 1:
            raise _not_one(document, [one.source for one in matching])
        passages = snapshot.passages_of(matching[0].id)
        if as_json:
            print_json(document_as_json(matching[0]))
        else:
            print_document(matching[0], passages)


def _matching(asked: str, every: "list[Document]") -> "list[Document]":
    from rag.letters import composed

    name = composed(asked)
    exact = [one for one in every if name in (one.id, composed(one.source))]
    return exact or [one for one in every if name in composed(one.source)]


def _not_one(asked: str, sources: list[str]) -> NoInput:
    names = ", ".join(sources[:NAMED])
    said = f"stands in the names of {len(sources)} articles ({names})" if sources else "names no article"
    return NoInput(f"{asked!r} {said}", "give an id: `ibid list` shows them")
