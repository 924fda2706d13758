"""Page, sources and reference with the network removed: server and browser have no way out."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rag.retriever import Retriever
from tests.browser.served import EXAMPLE, SEEDS

ALONE = ["unshare", "--map-root-user", "--net"]


def can_be_alone() -> bool:
    return bool(shutil.which("unshare")) and subprocess.run([*ALONE, "true"], check=False).returncode == 0


@pytest.mark.skipif(not can_be_alone(), reason="this machine gives no network namespaces to its users")
def test_every_flow_works_with_the_network_removed(seeds_data: Path, seeds_retriever: Retriever) -> None:
    walk = [*ALONE, sys.executable, "-m", "tests.browser.walk_alone", str(seeds_data)]
    done = subprocess.run(walk, cwd=SEEDS.parent, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    first, *others = seeds_retriever.ask(EXAMPLE, 5).hits
    assert seen["outside"] is False
    assert seen["cited"] == [hit.text for hit in (first, *others)]
    assert seen["answer"]
    assert seen["answer"] in first.text
    assert seen["state"] == "state valid"
    assert "/v1/ask" in seen["reference"]
    assert seen["failed"] == []
