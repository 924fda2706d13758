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
    """Show on one screen whether everything works, and what to do where it does not."""
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
    """Show every setting, its value and where the value comes from."""
    from rag.settings import origin
    from rag.terminal import print_settings

    settings = load_settings(data=data, index=index, model=model)
    rows = [(name, str(getattr(settings, name)), origin(name, settings)) for name in Settings.model_fields]
    if as_json:
        print_json({name: {"value": value, "origin": place} for name, value, place in rows})
    else:
        print_settings(rows)
