"""Whether all is in order: the files of the index, the machine, the settings."""

import sys

from rag.commands.opened import opened
from rag.commands.options import AsJson, Data, Index, Model
from rag.output import print_json, put
from rag.settings import Settings, load_settings


def verify(data: Data = None, index: Index = None, model: Model = None) -> None:
    """Check every file of the index against its manifest."""
    with opened(load_settings(data=data, index=index, model=model)) as retriever:
        manifest = retriever.snapshot.manifest
        held = f"{len(manifest.files)} files" if manifest.files else f"{manifest.counts.passages} passages"
        put(f"{retriever.snapshot.place}: {held} are as the manifest says\n")


def doctor(data: Data = None, index: Index = None, model: Model = None, as_json: AsJson = False) -> None:
    """Show on one screen whether everything works. Says what to do where it does not."""
    from rag.doctor import examine
    from rag.terminal import print_findings

    findings = examine(load_settings(data=data, index=index, model=model))
    if as_json:
        print_json([finding.as_json() for finding in findings])
    else:
        print_findings(findings)
    if not all(finding.good for finding in findings):
        sys.exit(1)


def config(data: Data = None, index: Index = None, model: Model = None, as_json: AsJson = False) -> None:
    """Show every setting, its value and its origin."""
    from rag.settings import origin
    from rag.terminal import print_settings

    settings = load_settings(data=data, index=index, model=model)
    given = {name: getattr(settings, name) for name in Settings.model_fields}
    rows = [
        (name, None if value is None else str(value), origin(name, settings)) for name, value in given.items()
    ]
    if as_json:
        print_json({name: {"value": value, "origin": place} for name, value, place in rows})
    else:
        print_settings(rows)
