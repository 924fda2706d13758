"""An index before and after a change, a warm command line, and how many cases each test tried."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embeddings import Encoder
from tests.faults.calls import Fault, supported
from tests.faults.stand import Run, Stand
from tests.faults.world import ROOT, Outcome, World, answers_of, write_articles

# `make faults` sets it: every case instead of a few of each.
LONG = os.environ.get("FAULTS") == "long"
CASES: dict[str, int] = {}

Tried = Callable[[int], None]
"""Notes how many cases a test has tried."""


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> Tried:
    """Return a function that notes how many cases a test has tried."""

    def note(count: int) -> None:
        CASES[request.node.name] = CASES.get(request.node.name, 0) + count

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if CASES:
        terminalreporter.section("cases tried" + (" (long form)" if LONG else " (short form)"))
        for name, count in CASES.items():
            terminalreporter.write_line(f"{count:7,} {name}")


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> World:
    """Return an index, articles that have changed since, and the answers before and after."""
    folder = tmp_path_factory.mktemp("world")
    articles, data, after = folder / "articles", folder / "data", folder / "after"
    write_articles(articles, changed=False)
    _index(articles, data)
    shutil.copytree(data, after)
    write_articles(articles, changed=True)
    _index(articles, after)
    world = World(articles, data, after, answers_of(data, encoder), answers_of(after, encoder))
    assert world.old != world.new
    return world


def _index(articles: Path, data: Path) -> None:
    command = [sys.executable, "-c", "from rag.cli import main; main()", "index", articles, "--data", data]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


@pytest.fixture
def data(world: World, tmp_path: Path) -> Path:
    """Return a copy of the index that stands before the run, for a test to harm."""
    return Path(shutil.copytree(world.data, tmp_path / "data"))


@pytest.fixture(scope="session")
def ibid(world: World) -> Iterator[Run]:
    """Return a function that runs the command line under watch, struck by a fault or a limit on files."""
    if not supported():
        pytest.skip("needs Linux 5.5 or later on x86-64: no system call can be failed from outside here")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.warm", world.articles],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as warm:
        assert warm.stdin
        assert warm.stdout

        def run(
            *arguments: str | Path, folder: Path, fault: Fault | None = None, limit: int | None = None
        ) -> Outcome:
            given = {"arguments": list(map(str, arguments)), "folder": str(folder), "limit": limit}
            request = {**given, "fault": [fault.kind, fault.nth, fault.action] if fault else None}
            print(json.dumps(request), file=warm.stdin, flush=True)
            line = warm.stdout.readline()
            assert line, "the warm process has ended"
            return Outcome(**json.loads(line))

        yield run
        warm.stdin.close()


@pytest.fixture
def stand(world: World, data: Path, encoder: Encoder, ibid: Run) -> Stand:
    """Return the index before the change, to be struck."""
    return Stand(world, data, encoder, ibid)
