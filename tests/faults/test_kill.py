"""A real run killed at a random moment leaves one whole index, and nothing that is in the way of the next."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.faults.calls import Fault
from tests.faults.conftest import LONG, Tried
from tests.faults.stand import KILLED, Stand
from tests.faults.world import ROOT, Outcome, World

KILLS = 200 if LONG else 3
SEED = 7


def run(world: World, data: Path, seconds: float | None) -> Outcome:
    """Index in a process of its own, killed after so many seconds."""
    program = [
        sys.executable,
        "-c",
        "from rag.cli import main; main()",
        "index",
        world.articles,
        "--data",
        data,
    ]
    with subprocess.Popen(
        program, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        stderr = process.communicate()[1]
    return Outcome(process.returncode, "", stderr, [], None)


def test_a_run_killed_at_a_random_moment_leaves_the_old_or_the_new_index(stand: Stand, tried: Tried) -> None:
    started = time.monotonic()
    assert run(stand.world, stand.data, None).code == 0
    whole = time.monotonic() - started
    moments, wrong, killed = random.Random(SEED), [], 0
    while killed < KILLS:
        stand.reset()
        # Mostly late: the first half of a run is spent on imports.
        moment = moments.triangular(0, whole, whole)
        ended = run(stand.world, stand.data, moment)
        killed += ended.code == KILLED
        found = stand.violations(ended)
        wrong += [f"after {moment:.3f} of {whole:.3f} s: {violation}" for violation in found]
    tried(killed)
    assert not wrong, "\n".join(wrong)


def test_runs_killed_one_after_another_never_lose_the_index(stand: Stand, tried: Tried) -> None:
    """What one killed run leaves behind is not in the way of the next, killed as well."""
    writes = sum(kind == "write" for kind, _ in stand.index().calls)
    stand.reset()
    moments = random.Random(SEED)
    kills = KILLS // 2
    for _ in range(kills):
        ended = stand.index(Fault("write", moments.randrange(1, writes), "kill"))
        assert stand.answers() in (stand.world.old, stand.world.new)
    tried(kills)
    assert not stand.violations(ended)
