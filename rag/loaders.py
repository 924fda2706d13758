"""From files to texts. What cannot be read is skipped with a reason, never silently."""

from dataclasses import dataclass

from rag.formats.content import read_content
from rag.formats.encodings import decode
from rag.formats.refused import Refused
from rag.sources import Skipped, Source


@dataclass(frozen=True, slots=True)
class Loaded:
    """The text of a file, and what was repaired while reading."""

    source: Source
    text: str
    notes: tuple[str, ...]


def load(source: Source) -> Loaded | Skipped:
    """Read one file as UTF-8 text; every character is kept but a byte order mark and NULs."""
    try:
        text = decode(read_content(source.path))
    except OSError as error:
        return Skipped(source, "unreadable", error.strerror or str(error))
    except Refused as refused:
        return Skipped(source, refused.reason, refused.detail)
    notes = []
    if text.startswith("\ufeff"):
        text = text.removeprefix("\ufeff")
        notes.append("byte order mark removed")
    if nuls := text.count("\0"):
        text = text.replace("\0", "")
        notes.append(f"{nuls} NUL characters removed")
    if not text.strip():
        return Skipped(source, "empty", "holds no visible character")
    return Loaded(source, text, tuple(notes))
