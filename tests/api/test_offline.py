"""With the network removed, every page and every flow works."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_page_reference_permalinks_and_exports_need_no_network(indexed: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "--net", "true"], capture_output=True).returncode:
        pytest.skip("a process without network cannot be made here")
    done = subprocess.run(
        [unshare, "--net", sys.executable, "-m", "tests.api.offline", str(indexed)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["answerable"], told["elsewhere"]) == (True, False)
    assert {"/docs", "/docs/style.css", "/openapi.json"} <= set(told["statuses"])
    assert any(address.startswith("/static/app.js") for address in told["statuses"])
    assert {status for status in told["statuses"].values() if status not in (200, 303)} == set()
