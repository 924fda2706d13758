"""Every line of shell that README shows is run, in a home of its own and against servers of its own."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.api.conftest import serving

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
LINES = [line for block in BLOCKS for line in block.replace("\\\n", " ").splitlines() if line.strip()]
SHOWN_PORT = "http://127.0.0.1:8000"
VARIABLE = re.compile(r"^([A-Z_]+)=(.*)$")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with articles, and with a command `ibid` for the shell to find."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "seeds" / "articles", folder / "articles")
    command = folder / "bin" / "ibid"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from rag.cli import main; main()" "$@"\n')
    command.chmod(0o755)
    return folder


def run(line: str, home: Path) -> str:
    path = os.pathsep.join((str(home / "bin"), os.environ["PATH"]))
    own = {"HOME": str(home), "PATH": path, "IBID_DATA": str(home / "data"), "PYTHONPATH": str(ROOT)}
    command = ["bash", "-ec", line]
    done = subprocess.run(command, env={**os.environ, **own}, cwd=home, capture_output=True, text=True)
    assert done.returncode == 0, (line, done.stderr)
    return done.stdout


def test_readme_shows_shell() -> None:
    assert {shlex.split(line)[0] for line in LINES} >= {"make", "ibid", "curl"}


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")
def test_the_lines_of_shell_run_in_their_order(home: Path) -> None:
    with ExitStack() as servers:
        shown_server = ""
        for line in LINES:
            words = shlex.split(line, comments=True)
            given = {found[1]: found[2] for word in words if (found := VARIABLE.match(word))}
            command = words[len(given) :]
            if command[0] in ("make", "source"):  # the test of the Makefile, and the environment of this one
                continue
            if command == ["ibid", "serve"]:
                folder = home / f"server-{len(given)}"
                folder.mkdir()
                server = servers.enter_context(serving(home / "data", folder, **given))
                shown_server = shown_server or server.address
            elif "intfloat/" in line or "milvus://" in line:  # needs a network: are these its settings?
                settings = run(line.replace("ibid index", "ibid config").replace("~/articles", ""), home)
                assert all(value in settings for value in given.values())
            else:
                assert run(line.replace(SHOWN_PORT, shown_server), home)
    assert shown_server
