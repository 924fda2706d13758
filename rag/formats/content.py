"""The content of a file: its bytes, read without ever waiting, leaving the folder or filling the memory."""

import os
import stat
from pathlib import Path

from rag.formats.refused import Refused

# An article is some kilobytes; a file beyond this is a mistake, and would fill the memory.
LARGEST_FILE = 50_000_000
# A file of many articles, one a line.
LARGEST_COLLECTION = 500_000_000


def read_content(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """Return the bytes of a file.

    Raises:
        Refused: it is no ordinary file, larger than `largest`, or changes while it is read.
        OSError: it cannot be read.

    """
    for _ in range(2):
        content, changed = _read(path, largest)
        if not changed:
            return content
    raise Refused("changing", "changed twice while it was read; run again when nothing writes to it")


def _read(path: Path, largest: int) -> tuple[bytes, bool]:
    # Opened without blocking and without following a link: a FIFO would hang the run, and a
    # link could lead out of the folder.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise Refused("not-regular", "is no ordinary file")
        if before.st_size > largest:
            raise Refused("too-large", f"has {before.st_size:,} bytes, {largest:,} are read at most")
        content = file.read(largest + 1)
        after = os.fstat(descriptor)
    unchanged = (before.st_mtime_ns, len(content)) == (after.st_mtime_ns, after.st_size)
    return content, not unchanged
