"""Listing the articles."""

from rag.commands.opened import opened
from rag.commands.options import AsJson, Data, First, Index, Languages, Last, Model, Outlets, filters_of
from rag.errors import NoInput
from rag.output import print_json
from rag.settings import load_settings


def list(
    outlet: Outlets = None,
    language: Languages = None,
    first: First = None,
    last: Last = None,
    data: Data = None,
    index: Index = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """List the articles. One a line: title or file, outlet, date, language, id for `inspect`."""
    from rag.listing import listed
    from rag.reply import summary_as_json
    from rag.terminal import print_documents, print_warnings

    filters = filters_of(outlet, language, first, last)
    with opened(load_settings(data=data, index=index, model=model)) as retriever:
        filters, told = retriever.as_written(filters)
        print_warnings([notice.text for notice in told])
        found = [*listed(retriever.snapshot, filters)]
    if not found:
        raise NoInput("no article matches the filters", "leave some out; `ibid list` alone names all")
    if as_json:
        print_json([summary_as_json(document) for document in found])
    else:
        print_documents(found)
