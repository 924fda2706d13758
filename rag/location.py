"""Where an index lies: how it is opened, written and replaced there."""

import sqlite3
from importlib.util import find_spec
from pathlib import Path
from shlex import quote
from typing import Protocol

from embeddings import Encoder, Halves
from embeddings.loading import is_here
from rag import store
from rag.errors import BadConfiguration, SnapshotError, SnapshotMismatch
from rag.index import Index
from rag.manifest import REBUILD, Manifest, read_manifest, read_roots, verify_files
from rag.settings import Settings
from rag.snapshot import CURRENT, current_path, open_current
from rag.snapshot_writer import Contents, sweep, write_snapshot
from rag.store import Store


class Location(Protocol):
    """Holds one current index, or none."""

    def pointer(self) -> str | None:
        """Return what changes whenever another index becomes current; None where there is none.

        Raises:
            IndexUnreachable: this cannot be known now.

        """
        ...

    def open(self, encoder: Encoder) -> Index:
        """Open the current index.

        Raises:
            SnapshotError: there is none, or none that can be used.
            IndexUnreachable: it does not answer.

        """
        ...

    def roots(self) -> list[Path]:
        """Return the paths the current index was made from. Raises as `open`."""
        ...

    def model(self) -> str:
        """Return the name of the model that made the current index. Raises as `open`."""
        ...

    def before(self) -> tuple[Manifest | None, dict[str, str]]:
        """Return the manifest of the current index and `Document.digest` by source, if it is sound."""
        ...

    def write(self, contents: Contents, vectors: Halves, manifest: Manifest, encoder: Encoder) -> None:
        """Write an index with its passage vectors (n, d) and make it current.

        Raises:
            OSError, sqlite3.Error, IndexUnreachable: it cannot be written; the old one stands.

        """
        ...

    def sweep(self) -> None:
        """Remove what interrupted runs left, and every index but the current one. Raises as `write`."""
        ...

    @property
    def removal(self) -> str:
        """Return how somebody removes the index and all that was kept of its articles."""
        ...


class Folder:
    """A data folder on this machine."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def pointer(self) -> str | None:
        """Return what `CURRENT` says."""
        try:
            return (self._data / CURRENT).read_text("utf-8", "replace")
        except OSError:
            return None

    def open(self, encoder: Encoder) -> Index:
        """Open the current snapshot, every file verified. Raises SnapshotError."""
        return open_current(self._data, encoder)

    def roots(self) -> list[Path]:
        """Return the paths the current snapshot was made from, whatever its format. Raises SnapshotError."""
        return read_roots(current_path(self._data))

    def model(self) -> str:
        """Return the name of the model that made the current snapshot. Raises SnapshotError."""
        return read_manifest(current_path(self._data)).model.name

    def before(self) -> tuple[Manifest | None, dict[str, str]]:
        """Return the manifest and the digest of each article by source, if the snapshot is sound."""
        try:
            path = current_path(self._data)
            manifest = read_manifest(path)
            verify_files(path, manifest)
            old = Store(path / store.NAME)
        except (SnapshotError, sqlite3.Error):
            return None, {}
        try:
            return manifest, old.digests()
        except sqlite3.Error:
            return None, {}
        finally:
            old.close()

    def write(self, contents: Contents, vectors: Halves, manifest: Manifest, encoder: Encoder) -> None:
        """Write a snapshot and make it current, in one rename."""
        write_snapshot(self._data, contents, vectors, manifest, encoder)

    def sweep(self) -> None:
        """Remove every snapshot but the current one."""
        sweep(self._data)

    @property
    def removal(self) -> str:
        """Return the command that removes the data folder."""
        return f"rm -r {quote(str(self._data))}"


def location_of(settings: Settings) -> Location:
    """Return where the settings say that the index lies.

    Raises:
        BadConfiguration: it lies in Milvus, whose client is not installed.

    """
    if settings.index is None:
        return Folder(settings.data)
    if find_spec("pymilvus") is None:
        raise BadConfiguration("the extra 'milvus' is not installed", "pip install 'ibid[milvus]'")
    from rag.milvus.location import Milvus

    return Milvus(settings.index, settings.index_token)


def expect_model(location: Location, name: str) -> None:
    """Refuse a hub's model that did not make the index, before the hub is asked for it.

    A model on this machine is told by its files, which say more than its name.

    Raises:
        SnapshotMismatch: another model made the index.
        SnapshotError, IndexUnreachable: as `Location.open`.

    """
    if not is_here(name) and (made_by := location.model()) != name:
        message = f"the index was made by the model {made_by!r}, not by {name!r}"
        raise SnapshotMismatch(message, f"{REBUILD}, or choose that model with --model")
