"""A standing index on which one run after another is struck, and what must hold after each."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from embeddings import Encoder
from rag.errors import CannotWrite, IbidError
from tests.faults.calls import Fault
from tests.faults.world import Outcome, World, answers_of, left_behind

KILLED = -9

Run = Callable[..., Outcome]
"""Runs the command line under watch: arguments, and by name `folder`, `fault` and `limit`."""


@dataclass(frozen=True)
class Stand:
    """A data folder that a test may harm: at first the index before the change."""

    world: World
    data: Path
    encoder: Encoder
    run: Run

    def reset(self) -> None:
        """Put the index before the change back."""
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(self.world.data, self.data)

    def index(self, fault: Fault | None = None, limit: int | None = None) -> Outcome:
        """Index the changed articles, struck by a fault or by a limit on the size of files."""
        arguments = ("index", self.world.articles, "--data", self.data)
        return self.run(*arguments, folder=self.data, fault=fault, limit=limit)

    def answers(self) -> str:
        return answers_of(self.data, self.encoder)

    def violations(self, ended: Outcome) -> list[str]:
        """Return every promise that a struck run, or the next one, has broken."""
        return [*self._of_the_run(ended), *self._of_the_index(ended), *self._of_the_next_run()]

    def _of_the_run(self, ended: Outcome) -> Iterator[str]:
        if "Traceback" in ended.stderr:
            yield f"traceback: {ended.stderr[-800:]}"
        if ended.code not in (0, CannotWrite.exit_code, KILLED):
            yield f"exit code {ended.code}: {ended.stderr}"
        if ended.code == CannotWrite.exit_code and str(self.data) not in ended.stderr:
            yield f"the message does not name the folder: {ended.stderr}"

    def _of_the_index(self, ended: Outcome) -> Iterator[str]:
        allowed = {self.world.new} if ended.code == 0 else {self.world.old, self.world.new}
        try:
            if self.answers() not in allowed:
                yield f"answers of neither index (exit code {ended.code})"
        except IbidError as error:
            yield f"no index: {error}"

    def _of_the_next_run(self) -> Iterator[str]:
        following = self.index()
        if following.code != 0:
            yield f"the next run ends with {following.code}: {following.stderr}"
        elif self.answers() != self.world.new:
            yield "the next run does not give the answers of the new index"
        if left := left_behind(self.data):
            yield f"left behind after the next run: {left}"
