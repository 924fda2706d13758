"""The served OpenAPI document holds: schemathesis finds no reply that it does not describe."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import httpx

from tests.api.conftest import Server

ROOT = Path(__file__).parents[2]
RUN = "from schemathesis.cli import schemathesis; schemathesis()"
EXAMPLES = 10  # of each operation in the fuzzing phase; the coverage phase makes several hundred more


def digests(folder: Path) -> dict[Path, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_no_request_made_from_the_openapi_document_finds_a_fault_or_changes_anything(
    server: Server, indexed: Path, tmp_path: Path
) -> None:
    before = digests(indexed)
    address = f"{server.address}/openapi.json"
    options = ["--seed", "1", "--max-examples", str(EXAMPLES), "--no-color"]
    done = subprocess.run(
        [sys.executable, "-c", RUN, "run", address, *options],
        cwd=tmp_path,  # it keeps what it learns in its folder
        env={**os.environ, "PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "tests.api.schemathesis_hooks"},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stdout
    assert digests(indexed) == before
    count = sum(map(len, httpx.get(address).json()["paths"].values()))
    assert f"{count} selected / {count} total" in done.stdout
