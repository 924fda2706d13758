"""Small real indexes, and the command line as a real process."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.library import Library, new_library

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from rag.cli import main; main()"]
SECONDS = 60


LibraryIn = Callable[[Path], Library]


@pytest.fixture(scope="session")
def library_in() -> LibraryIn:
    """Return what makes a library in a folder; `tests/milvus` makes those whose index lies in Milvus."""
    return new_library


@pytest.fixture
def library(tmp_path: Path, library_in: LibraryIn) -> Library:
    """Return an empty folder of articles, not indexed yet."""
    return library_in(tmp_path)


Ibid = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def ibid(tmp_path: Path) -> Ibid:
    """Return a function that runs the command line in a process of its own, in an empty folder."""

    def run(
        *arguments: str | Path, stdin: str | None = None, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        given = {"IBID_DATA": str(tmp_path / "data"), "PYTHONPATH": str(ROOT), **environment}
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, **given},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )

    return run
