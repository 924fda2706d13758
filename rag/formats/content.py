"""The content of a file: its bytes, read without ever waiting, leaving the folder or filling the memory."""

import os
import stat
from pathlib import Path

from rag.formats.refused import Refused

# An article is some kilobytes; a file beyond this is a mistake, and would fill the memory.
LARGEST_FILE = 50_000_000


def read_content(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        Refused: it is no ordinary file, or too large.
        OSError: it cannot be read.

    """
    # Opened without blocking and without following a link: a FIFO would hang the run, and a
    # link could lead out of the folder.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Refused("not-regular", "is no ordinary file")
        if status.st_size > LARGEST_FILE:
            raise Refused("too-large", f"has {status.st_size:,} bytes, {LARGEST_FILE:,} are read at most")
        return file.read(LARGEST_FILE)
