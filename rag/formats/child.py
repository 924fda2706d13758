"""The child process in which foreign formats are read: what such a file does to a reader stays in here.

    python -m rag.formats.child DESCRIPTOR MEMORY SECONDS

Over the socket come the name of a format and the bytes of a file; back goes JSON.
"""

import json
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import Any

from rag.formats.docx import read_docx
from rag.formats.extracted import Extracted
from rag.formats.html import read_html
from rag.formats.pdf import read_pdf
from rag.formats.refused import Refused

READERS: dict[str, Callable[[bytes], Extracted]] = {"html": read_html, "pdf": read_pdf, "docx": read_docx}
PACKAGES = {"html": "trafilatura lxml_html_clean", "pdf": "pypdf", "docx": "python-docx"}


def main() -> None:
    """Answer until the other side hangs up."""
    descriptor, memory, seconds = map(int, sys.argv[1:])
    with suppress(ValueError, OSError):  # macOS knows the limit, but sets none
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    connection = Connection(descriptor)
    with suppress(EOFError, ConnectionError):
        while True:
            kind, content = connection.recv_bytes().decode(), connection.recv_bytes()
            # Ends the process even inside a library written in C.
            signal.alarm(seconds)
            answer = json.dumps(reading_of(kind, content))
            signal.alarm(0)
            connection.send_bytes(answer.encode())


def reading_of(kind: str, content: bytes) -> dict[str, Any]:
    """Return what a reader found in a file, or why it was refused; never raises."""
    try:
        return asdict(READERS[kind](content))
    except Refused as refused:
        return {"refused": [refused.reason, refused.detail]}
    except ImportError:
        return {"refused": ["needs-package", f"to read {kind} files: pip install {PACKAGES[kind]}"]}
    except MemoryError:
        return {"refused": ["too-large", "needs more memory than one file may take"]}
    except Exception as error:  # whatever a library makes of a broken file
        return {"refused": ["broken", f"cannot be read as {kind} ({type(error).__name__}: {error})"[:300]]}


if __name__ == "__main__":
    main()
