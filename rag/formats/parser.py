"""The parser of foreign formats: hands files to a child process and outlives what they do to it."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

from rag.formats.extracted import Extracted, extracted_of
from rag.formats.refused import Refused

# A full PDF of 1,900 pages takes 0.25 GB of address space and 47 seconds on a busy core, a page of HTML 0.03.
MEMORY = 1_000_000_000
SECONDS = 120
PROGRAM = str(Path(__file__).parents[2])  # where it is run from its own folder, not installed


@dataclass
class Parser:
    """Reads HTML, PDF and DOCX; the child starts with the first file, and anew after a file that killed it.

    Attributes:
        memory: bytes of address space it may take.
        seconds: time it may take for one file.

    """

    memory: int = MEMORY
    seconds: int = SECONDS
    _child: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)
    _connection: "Connection[bytes, bytes] | None" = field(default=None, repr=False)

    def __enter__(self) -> "Parser":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, kind: str, content: bytes) -> Extracted:
        """Return what a file of a kind, "html", "pdf" or "docx", holds.

        Raises:
            Refused: it cannot be read within the limits, or the library for it is not installed.

        """
        connection = self._connection or self._start()
        try:
            connection.send_bytes(kind.encode())
            connection.send_bytes(content)
            answer = json.loads(connection.recv_bytes())
        except (EOFError, ConnectionError):
            raise self._killed() from None
        if "refused" in answer:
            raise Refused(*answer["refused"])
        return extracted_of(answer)

    def _start(self) -> "Connection[bytes, bytes]":
        self._connection, far = Pipe()
        # -P: what lies in the current folder, the articles' perhaps, is never run.
        command = [sys.executable, "-P", "-m", "rag.formats.child"]
        self._child = subprocess.Popen(
            [*command, str(far.fileno()), str(self.memory), str(self.seconds)],
            pass_fds=[far.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # The child finds this very program, wherever it was started.
            env={**os.environ, "PYTHONPATH": os.pathsep.join([*filter(None, sys.path), PROGRAM])},
        )
        far.close()
        return self._connection

    def close(self) -> int:
        """End the child; return how it ended, 0 where there was none."""
        if self._connection is not None:
            self._connection.close()
        ended = self._child.wait() if self._child is not None else 0
        self._child = self._connection = None
        return ended

    def _killed(self) -> Refused:
        if self.close() == -signal.SIGALRM:
            return Refused("too-slow", f"takes longer than {self.seconds} seconds to read")
        return Refused(
            "broken", f"ends the program that reads it (it may take {self.memory:,} bytes of memory)"
        )
