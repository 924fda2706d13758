"""Looking into a document."""

from typing import Annotated

import typer

from rag.commands.opened import opened
from rag.commands.options import AsJson, Data, Index, Model
from rag.errors import NoInput
from rag.output import print_json
from rag.settings import load_settings


def inspect(
    document: Annotated[str, typer.Argument(help="Id or source of a document, or a part of its source.")],
    data: Data = None,
    index: Index = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Show a document: what is known about it, its passages, what was set aside and why."""
    from rag.reply import document_as_json
    from rag.terminal import print_document

    with opened(load_settings(data=data, index=index, model=model)) as retriever:
        snapshot = retriever.snapshot
        every = snapshot.documents(0, snapshot.manifest.counts.documents)
        exact = [one for one in every if document in (one.id, one.source)]
        matching = exact or [one for one in every if document in one.source]
        if len(matching) != 1:
            names = ", ".join(one.source for one in matching[:10]) or "none"
            raise NoInput(f"{document!r} names {len(matching)} documents ({names})", "give one id or source")
        passages = snapshot.passages_of(matching[0].id)
        if as_json:
            print_json(document_as_json(matching[0]))
        else:
            print_document(matching[0], passages)
