"""What was extracted from files already seen, so that only new ones are read.

One SQLite file. It is cut down to the files of the index after every run: of a deleted article nothing stays.
"""

import hashlib
import json
import zlib
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from types import TracebackType

from embeddings import Blobs
from rag.formats.extracted import Extracted, extracted_of

# Files read between two commits: what an interrupted run loses at most.
COMMIT_EVERY = 64
LIBRARIES = ("trafilatura", "lxml", "pypdf", "python-docx")


class ExtractionCache:
    """A store of extractions by the content they were made from; the file is made with the first.

    Usable from several threads.

    Raises:
        sqlite3.Error: the file cannot be opened, read or written.

    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._blobs: Blobs | None = None
        self._met: set[bytes] = set()
        self._new: dict[bytes, bytes] = {}
        self._lock = Lock()

    def __enter__(self) -> "ExtractionCache":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._blobs is not None:
            self._blobs.close()

    def get(self, kind: str, content: bytes) -> Extracted | None:
        """Return what a file of a kind and content is known to hold."""
        key = _key(kind, content)
        with self._lock:
            self._met.add(key)
            kept = self._opened().get(key)
        try:
            return None if kept is None else extracted_of(json.loads(zlib.decompress(kept)))
        except (zlib.error, ValueError, LookupError, TypeError):  # damaged on the disk: it is made again
            return None

    def put(self, kind: str, content: bytes, found: Extracted) -> None:
        """Keep what a file holds."""
        with self._lock:
            self._new[_key(kind, content)] = zlib.compress(json.dumps(asdict(found)).encode(), level=1)
            if len(self._new) >= COMMIT_EVERY:
                self._commit()

    def keep_only_met(self) -> None:
        """Forget every file that was not asked for since this cache was opened."""
        with self._lock:
            if self._met or self._path.exists():
                self._commit()
                self._opened().keep_only(self._met)

    def _commit(self) -> None:
        self._opened().put(self._new.items())
        self._new.clear()

    def _opened(self) -> Blobs:
        if self._blobs is None:
            self._blobs = Blobs(self._path)
        return self._blobs


def _key(kind: str, content: bytes) -> bytes:
    return hashlib.sha256(b"\0".join((_reader(), kind.encode(), content))).digest()


@cache
def _reader() -> bytes:
    """Return a digest of all that reads: a file may give another text after any change of it."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    for library in LIBRARIES:
        try:
            digest.update(f"{library} {version(library)}\n".encode())
        except PackageNotFoundError:
            continue
    return digest.digest()
