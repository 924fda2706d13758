"""Is everything in order? Each part examined, with what to do where it is not."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from embeddings import Encoder, load_encoder
from embeddings.errors import EncoderError
from rag.errors import IbidError
from rag.location import expect_model, location_of
from rag.settings import Settings

# An index of 100,000 passages takes about this much while the new one stands beside the old.
ENOUGH_DISK = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: whether it is good, what was seen, and the remedy where it is not."""

    part: str
    good: bool
    seen: str
    remedy: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the finding as plain data."""
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """Examine program, disk, model and index, in this order."""
    return list(_findings(settings))


def _findings(settings: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", True, f"{version}, {os.cpu_count()} cores")
    yield _disk(settings)
    encoder: Encoder | None = None
    try:
        expect_model(location_of(settings), settings.model)
        encoder = load_encoder(settings.model, settings.query_prefix, settings.passage_prefix)
        languages = ", ".join(encoder.languages) or "languages not stated"
        seen = f"{encoder.name} ({encoder.fingerprint[:12]}), {encoder.dimension} dimensions, {languages}"
        yield Finding("model", True, seen)
    except EncoderError as error:
        yield Finding("model", False, str(error), error.remedy)
    except IbidError as error:  # no hub is asked for a model that would not fit
        yield Finding("index", False, str(error), error.remedy)
    if encoder is not None:
        yield _index(settings, encoder)


def _disk(settings: Settings) -> Finding:
    folder = settings.data
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    good = free >= ENOUGH_DISK and os.access(folder, os.W_OK)
    return Finding(
        "data", good, f"{settings.data}, {free / 1e9:.1f} GB free", "" if good else "choose --data"
    )


def _index(settings: Settings, encoder: Encoder) -> Finding:
    try:
        snapshot = location_of(settings).open(encoder)
    except IbidError as error:
        return Finding("index", False, str(error), error.remedy)
    counts, built_at = snapshot.manifest.counts, snapshot.manifest.built_at
    snapshot.close()
    return Finding(
        "index",
        True,
        f"{snapshot.id[:12]}, {built_at}: {counts.documents} articles, {counts.passages} passages, intact",
    )
