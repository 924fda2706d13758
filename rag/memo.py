"""What was worked out of articles before, by the digest of all it was made from: only new ones take time.

One SQLite file. It is cut down to what a run asked for at its end: of a deleted article nothing stays.
"""

import hashlib
import json
import sys
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Protocol, TypeVar

from pydantic import TypeAdapter

from embeddings import Blobs

# What was made between two commits: what an interrupted run loses at most.
COMMIT_EVERY = 256
# Those that say what a file holds, what an article says and where a sentence ends.
LIBRARIES = (
    "charset-normalizer", "dateparser", "lxml", "nupunkt", "py3langid", "pypdf", "python-docx", "tantivy",
    "trafilatura",
)  # fmt: skip
SOURCES = (".py", ".toml", ".txt")

T = TypeVar("T")


class Recall(Protocol):
    """Gives what `make` gives, which is asked only where nothing was made of the same before.

    `shape` is the type of what is made; `made_from` holds all that it depends on beside the program: first
    what it is, then texts, or the bytes of a file.
    """

    def __call__(self, shape: TypeAdapter[T], made_from: Sequence[str | bytes], make: Callable[[], T]) -> T:
        """Return it."""
        ...


def anew(shape: TypeAdapter[T], made_from: Sequence[str | bytes], make: Callable[[], T]) -> T:
    """Remember nothing."""
    return make()


class Memo:
    """Remembers in a file, which is made with the first. Usable from several threads.

    Raises:
        sqlite3.Error: the file cannot be opened, read or written.

    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._blobs: Blobs | None = None
        self._met: set[bytes] = set()
        self._new: dict[bytes, bytes] = {}
        self._lock = Lock()

    def __enter__(self) -> "Memo":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._blobs is not None:
            self._blobs.close()

    def recall(self, shape: TypeAdapter[T], made_from: Sequence[str | bytes], make: Callable[[], T]) -> T:
        """Return what is known to be made of this, or make it; see `Recall`."""
        key = self.meet(made_from)
        with self._lock:
            kept = self._opened().get([key]).get(key)
        if kept is not None:
            try:
                return shape.validate_json(zlib.decompress(kept))
            # Of another shape, which no digest tells, or with half a character: it is made again.
            except (zlib.error, ValueError):
                pass
        made = make()
        self._keep(key, json.dumps(shape.dump_python(made, mode="json")))
        return made

    def meet(self, made_from: Sequence[str | bytes]) -> bytes:
        """Keep what was made of this beyond the end of the run; return its key."""
        key = _key(made_from)
        with self._lock:
            self._met.add(key)
        return key

    def keep_only_met(self) -> None:
        """Forget all that was not asked for since this memo was opened."""
        with self._lock:
            if self._met or self._path.exists():
                self._commit()
                self._opened().keep_only(self._met)

    def _keep(self, key: bytes, written: str) -> None:
        with self._lock:
            self._new[key] = zlib.compress(written.encode(), level=1)
            if len(self._new) >= COMMIT_EVERY:
                self._commit()

    def _commit(self) -> None:
        self._opened().put(self._new.items())
        self._new.clear()

    def _opened(self) -> Blobs:
        if self._blobs is None:
            self._blobs = Blobs(self._path)
        return self._blobs


def _key(made_from: Sequence[str | bytes]) -> bytes:
    digest = hashlib.sha256(_program())
    for part in made_from:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(b"%d\n" % len(content))
        digest.update(content)
    return digest.digest()


@cache
def _program() -> bytes:
    """Return a digest of all that works: anything may come out otherwise after any change of it."""
    digest = hashlib.sha256(sys.version.encode())
    for source in sorted(Path(__file__).parent.rglob("*")):
        if source.suffix in SOURCES:
            digest.update(source.read_bytes())
    for library in LIBRARIES:
        try:
            digest.update(f"{library} {version(library)}\n".encode())
        except PackageNotFoundError:
            continue
    return digest.digest()
