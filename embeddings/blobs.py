"""Blobs by digest, in one SQLite file: what can be made again, kept so that it need not be."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock


class Blobs:
    """A store of blobs by key, usable from several threads; a damaged file is begun anew.

    Raises:
        sqlite3.Error: the file cannot be opened, read or written.

    """

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        try:
            self._database = _connect(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # locked, full, not permitted: not its contents
                raise
            path.unlink()  # no loss but time
            self._database = _connect(path)

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the blobs of those keys, 999 at most, that have one."""
        query = f"SELECT key, blob FROM blobs WHERE key IN ({', '.join('?' * len(keys))})"
        with self._lock:
            return dict(self._database.execute(query, keys))

    def put(self, blobs: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep blobs, given with their keys, all or none."""
        with self._lock, self._database:
            self._database.executemany("INSERT OR REPLACE INTO blobs VALUES (?, ?)", blobs)

    def keep_only(self, keys: Iterable[bytes]) -> None:
        """Forget every blob but those of these keys; no byte of the others stays in the file."""
        with self._lock, self._database:
            self._database.execute("CREATE TEMP TABLE live (key BLOB PRIMARY KEY) WITHOUT ROWID")
            self._database.executemany("INSERT OR IGNORE INTO live VALUES (?)", ((key,) for key in keys))
            self._database.execute("DELETE FROM blobs WHERE key NOT IN (SELECT key FROM live)")
            self._database.execute("DROP TABLE live")

    def close(self) -> None:
        """Release the file."""
        self._database.close()


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, check_same_thread=False)
    try:
        database.execute("PRAGMA secure_delete = ON")
        database.execute(
            "CREATE TABLE IF NOT EXISTS blobs (key BLOB PRIMARY KEY, blob BLOB NOT NULL) WITHOUT ROWID"
        )
        if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("damaged")
    except sqlite3.Error:
        database.close()
        raise
    return database
