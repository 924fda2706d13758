"""Blobs by digest, in one SQLite file: what can be made again, kept so that it need not be."""

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import TypeVar

# What SQLite says of damage: to pages, to the head, to the table's definition, to the head's version.
# Whatever else it says (busy, full, not permitted), the contents may be sound.
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_READONLY)
SUM = 4  # bytes of the checksum that follows a blob

T = TypeVar("T")


class Blobs:
    """A store of blobs by key, usable from several threads.

    A damaged file is begun anew, a damaged blob is no longer there.

    Raises:
        sqlite3.Error: the file cannot be opened, read or written.

    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()
        try:
            self._database = _connect(path)
        except (sqlite3.DatabaseError, UnicodeError) as error:
            self._begin_anew(error)

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the blobs of those keys, 999 at most, that have one."""
        slots = ", ".join("?" * len(keys))
        query = f"SELECT key, blob FROM blobs WHERE key IN ({slots}) AND typeof(blob) = 'blob'"
        found = self._do(lambda database: database.execute(query, keys).fetchall())
        return {key: kept[:-SUM] for key, kept in found if kept[-SUM:] == _sum(key, kept[:-SUM])}

    def put(self, blobs: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep blobs, given with their keys, all or none."""
        rows = [(key, blob + _sum(key, blob)) for key, blob in blobs]
        self._do(lambda database: database.executemany("INSERT OR REPLACE INTO blobs VALUES (?, ?)", rows))

    def keep_only(self, keys: Iterable[bytes]) -> None:
        """Forget every blob but those of these keys; no byte of the others stays in the file."""
        live = list(keys)
        self._do(lambda database: _keep_only(database, live))

    def close(self) -> None:
        """Release the file."""
        self._database.close()

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something in one transaction; where the file proves damaged, in an empty one."""
        with self._lock:
            try:
                with self._database:
                    return work(self._database)
            except (sqlite3.DatabaseError, UnicodeError) as error:
                self._database.close()
                self._begin_anew(error)
            with self._database:
                return work(self._database)

    def _begin_anew(self, error: Exception) -> None:
        """Put an empty file in the place of a damaged one, at no loss but of time; raise any other error."""
        damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE
        if not damaged and not isinstance(error, UnicodeError):  # whose text quotes a damaged name
            raise error
        self._path.unlink()
        self._database = _connect(self._path)


def _sum(key: bytes, blob: bytes) -> bytes:
    return zlib.crc32(blob, zlib.crc32(key)).to_bytes(SUM, "big")


def _keep_only(database: sqlite3.Connection, keys: Sequence[bytes]) -> None:
    database.execute("CREATE TEMP TABLE live (key BLOB PRIMARY KEY) WITHOUT ROWID")
    database.executemany("INSERT OR IGNORE INTO live VALUES (?)", ((key,) for key in keys))
    database.execute("DELETE FROM blobs WHERE key NOT IN (SELECT key FROM live)")
    database.execute("DROP TABLE live")


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, check_same_thread=False)
    try:
        database.execute("PRAGMA secure_delete = ON")
        # A page that is not what it says is then found when it is read, not taken for another.
        database.execute("PRAGMA cell_size_check = ON")
        database.execute(
            "CREATE TABLE IF NOT EXISTS blobs (key BLOB PRIMARY KEY, blob BLOB NOT NULL) WITHOUT ROWID"
        )
    except sqlite3.Error:
        database.close()
        raise
    return database
