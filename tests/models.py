"""The fake language model as a process, for tests of whatever asks it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx


@dataclass(frozen=True)
class Model:
    """A running endpoint; its modes are those of `tests/endpoint.py`."""

    address: str

    @property
    def url(self) -> str:
        return f"{self.address}/v1"

    def be(self, mode: str) -> None:
        assert httpx.put(f"{self.address}/{mode}").status_code == 200

    def seen(self) -> dict[str, Any]:
        told: dict[str, Any] = httpx.get(self.address).json()
        return told


@contextmanager
def running_model() -> Iterator[Model]:
    command = [sys.executable, "-m", "tests.endpoint"]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield Model(process.stdout.readline().strip())
        finally:
            process.terminate()
