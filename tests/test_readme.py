"""What README shows is what happens: its commands are run, its reply is asked for."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from rag.cli import app
from rag.reply import answer_as_json
from rag.retriever import Retriever

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CONSOLE = re.findall(r"```console\n\$ ibid (.+?)\n(.*?)```", README, re.DOTALL)
RUN = "from rag.cli import main; main()"


def test_readme_shows_commands() -> None:
    assert CONSOLE


@pytest.mark.parametrize(("command", "shown"), CONSOLE)
def test_a_command_prints_what_readme_shows(command: str, shown: str, seeds_data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, *shlex.split(command)],
        env={**os.environ, "IBID_DATA": str(seeds_data)},
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == shown.strip()


def test_the_reply_holds_what_readme_shows(seeds_retriever: Retriever) -> None:
    (shown,) = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.DOTALL))
    answer = seeds_retriever.ask(shown["question"], k=1)
    given = json.loads(json.dumps(answer_as_json(answer, seeds_retriever.snapshot, took_ms=0.0)))
    assert among(shown, given) == shown


def test_what_readme_says_is_refused_is_refused(seeds_retriever: Retriever) -> None:
    assert "the same five articles of `seeds/` what Luxembourg and *Japan* signed" in README
    assert not seeds_retriever.ask("what did Luxembourg and Japan sign?").answerable


def among(shown: object, given: object) -> object:
    """Return what is given, without the members that are not shown."""
    if isinstance(shown, dict) and isinstance(given, dict):
        return {key: among(shown[key], given[key]) for key in shown if key in given}
    if isinstance(shown, list) and isinstance(given, list) and len(shown) == len(given):
        return [among(one, other) for one, other in zip(shown, given, strict=True)]
    return given


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    for target in ("serve", "test"):
        assert f"make {target}" in README
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_every_file_readme_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_command_of_the_program_is_named_in_readme() -> None:
    callbacks = [command.callback for command in app.registered_commands if command.callback]
    names = [callback.__name__.replace("_", "-") for callback in callbacks]
    assert [name for name in names if f"`{name}`" not in README and f"ibid {name}" not in README] == []
