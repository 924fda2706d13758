"""From files to documents: read, tell body from boilerplate, find title, outlet, date and language."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

from rag.cleaning import Cleaning, normalise_line, repeated_lines, set_aside
from rag.documents import Document, Metadata, document_id
from rag.errors import BadData, NoInput
from rag.language import detect_language
from rag.loaders import Loaded, load
from rag.metadata import date_notes, merge, read_metadata, read_sidecar
from rag.sources import SIDECAR, Skipped, Source, find_sources


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything read: documents ordered by source, what was skipped, what could not be cleaned."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...]
    uncertain: tuple[str, ...]


def take_in(paths: Sequence[Path]) -> Intake:
    """Read the articles under the given files and folders.

    Raises:
        NoInput: a path does not exist, or no file can be read as an article.
        BadData: two files have the same name in the index, or a sidecar is wrong.

    """
    sources, skipped = find_sources(paths)
    results = [load(source) for source in sources]
    loaded = [result for result in results if isinstance(result, Loaded)]
    skipped += [result for result in results if isinstance(result, Skipped)]
    if not loaded:
        seen = (
            "; ".join(f"{skip.source.name}: {skip.reason}" for skip in skipped[:5])
            or "no file of a known kind"
        )
        places = ", ".join(map(str, paths))
        raise NoInput(f"no article can be read in {places} ({seen})", "give a folder of UTF-8 .txt files")
    _refuse_twins([one.source for one in loaded])
    stated = _sidecars(loaded)
    repeated = repeated_lines(one.text for one in loaded)
    titles = {name: normalise_line(known.title) for name, known in stated.items() if known.title}
    documents, uncertain = [], []
    for one in loaded:
        own = stated[one.source.name]
        cleaning = set_aside(one.text, frozenset(titles.values()) - {titles.get(one.source.name)}, repeated)
        documents.append(_document(one, own, cleaning))
        if cleaning.uncertain:
            uncertain.append(one.source.name)
    return Intake(tuple(documents), tuple(skipped), tuple(uncertain))


def _document(loaded: Loaded, stated: Metadata, cleaning: Cleaning) -> Document:
    known = merge(stated, read_metadata(loaded.text, cleaning.set_aside))
    if known.language is None:
        known = replace(known, language=detect_language(_body(loaded.text, cleaning)))
    return Document(
        id=document_id(loaded.source.name),
        source=loaded.source.name,
        text=loaded.text,
        metadata=known,
        set_aside=cleaning.set_aside,
        notes=loaded.notes
        + (date_notes(loaded.text, cleaning.set_aside) if known.published_on is None else ()),
    )


def _body(text: str, cleaning: Cleaning) -> str:
    starts = [0, *(label.span.end for label in cleaning.set_aside)]
    ends = [*(label.span.start for label in cleaning.set_aside), len(text)]
    return "".join(text[start:end] for start, end in zip(starts, ends, strict=True))


def _sidecars(loaded: Sequence[Loaded]) -> dict[str, Metadata]:
    """Return what sidecars state of each source; they lie beside the articles or one folder above."""

    @cache
    def table(place: Path) -> dict[str, Metadata]:
        return read_sidecar(place) if place.is_file() else {}

    stated = {}
    for source in (one.source for one in loaded):
        folder, name = source.path.absolute().parent, source.path.name
        beside, above = (table(place / SIDECAR).get(name, Metadata()) for place in (folder, folder.parent))
        stated[source.name] = merge(beside, above)
    return stated


def _refuse_twins(sources: Sequence[Source]) -> None:
    for one, other in pairwise(sources):
        if one.name == other.name:
            message = f"{one.path} and {other.path} would both be {one.name!r} in the index"
            raise BadData(message, "rename one of them, or index the folder that holds both")
    names: dict[Path, str] = {}
    for source in sources:
        if (first := names.setdefault(source.path, source.name)) != source.name:
            message = f"{source.path} is given twice, as {first!r} and as {source.name!r}"
            raise BadData(message, "give each folder once")
