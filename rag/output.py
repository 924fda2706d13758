"""Standard output: text and JSON for programs, and a quiet end where who reads stops early (`| head -1`)."""

import codecs
import io
import json
import os
import sys

from rag.errors import CannotWrite


class _Outlet(io.FileIO):
    """The file of standard output; ends the program with 0 when its reader has gone.

    Raises:
        CannotWrite: the disk is full, or otherwise takes nothing.

    """

    def write(self, data: object, /) -> int:
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError as error:
            # What is still buffered goes nowhere, so that leaving does not fail on it again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            if isinstance(error, BrokenPipeError):
                raise SystemExit(0) from None
            message = f"standard output cannot be written ({error.strerror or error})"
            raise CannotWrite(message, "free some space, or send it elsewhere") from None


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Return characters that an encoding lacks as JSON writes them, so that JSON stays JSON."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


codecs.register_error("ibid.escaped", _escaped)


def end_quietly() -> None:
    """Let the program end with 0, and say nothing, when nobody reads its output any more.

    What cannot be written for another reason raises CannotWrite.
    """
    if sys.stdout is None:  # closed from the start
        return
    encoding, lines = sys.stdout.encoding, sys.stdout.isatty()
    outlet = io.BufferedWriter(_Outlet(sys.stdout.fileno(), "wb", closefd=False))
    sys.stdout = io.TextIOWrapper(outlet, encoding, "ibid.escaped", line_buffering=lines)


def put(text: str) -> None:
    """Write a text, which may hold words of articles: verbatim, but `plain` where it goes to a terminal."""
    if sys.stdout is None:
        return
    if sys.stdout.isatty():
        from rag.terminal import plain  # not before: rich takes its time

        text = plain(text.replace("\r\n", "\n"))
    sys.stdout.write(text)
    sys.stdout.flush()  # a program reading along sees each answer at once


def print_json(value: object) -> None:
    """Print a value for programs; what JSON does not know (days, paths) as text."""
    put(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")
