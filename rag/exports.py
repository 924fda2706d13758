"""Exports: citations in the forms that reference managers and writers take."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from rag.bibtex import bibtex
from rag.csl import csl_json
from rag.dossier import dossier
from rag.reference import Reference
from rag.ris import ris

ExportFormat = Literal["markdown", "ris", "bibtex", "csl-json"]


class Export(NamedTuple):
    """A form of export: how it is written, its media type and the ending of its files."""

    write: Callable[[Sequence[Reference]], str]
    media_type: str
    suffix: str


EXPORTS: Mapping[ExportFormat, Export] = {
    "markdown": Export(dossier, "text/markdown", "md"),
    "ris": Export(ris, "application/x-research-info-systems", "ris"),
    "bibtex": Export(bibtex, "application/x-bibtex", "bib"),
    "csl-json": Export(csl_json, "application/vnd.citationstyles.csl+json", "json"),
}
