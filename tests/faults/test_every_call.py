"""Every operation on a file fails in turn, or is a killed run's last: the old index answers, or the new.

After SQLite's fault injection: the n-th call fails, for n = 1, 2, 3 … until a run has no n-th call.
"""

import re
import shutil
from pathlib import Path
from typing import get_args

import pytest

from tests.faults.calls import Action, Fault, Kind
from tests.faults.conftest import LONG, Tried
from tests.faults.stand import Run, Stand
from tests.faults.world import World

# Where a run may be killed, by the first call that fits: kind and path.
POINTS = {
    "a vector comes into the cache": r"write .*/cache/",
    "the articles are stored": r"write .*/\.building-[^/]*/articles\.sqlite",
    "words are indexed": r"rename .*/lexical/meta\.json",
    "the manifest is written": r"write .*/manifest\.json",
    "the first file is fsynced": r"fsync .*/\.building-",
    "the snapshot gets its name": r"rename .*/snapshots/\d{8}T[^/]*$",
    "the new pointer is written": r"write .*/\.CURRENT\.tmp",
    "the new pointer is fsynced": r"fsync .*/\.CURRENT\.tmp",
    "the pointer is replaced": r"rename .*/CURRENT$",
    "what earlier runs left is about to be swept": r"fsync .*/data$",
    "the old snapshot goes": r"remove .*/snapshots/\d{8}T",
}


def broken(stand: Stand, faults: list[Fault]) -> str:
    """Strike one run after another, each from the old index; return what went wrong, a line each."""
    wrong = []
    for fault in faults:
        stand.reset()
        ended = stand.index(fault)
        wrong += [f"{fault} at {ended.struck}: {violation}" for violation in stand.violations(ended)]
    return "\n".join(wrong)


@pytest.fixture(scope="module")
def calls(world: World, tmp_path_factory: pytest.TempPathFactory, ibid: Run) -> list[tuple[str, str]]:
    """Return the calls of a run that nothing strikes."""
    data = Path(shutil.copytree(world.data, tmp_path_factory.mktemp("unharmed") / "data"))
    outcome = ibid("index", world.articles, "--data", data, folder=data)
    assert outcome.code == 0, outcome.stderr
    return outcome.calls


def chosen(calls: list[tuple[str, str]], kind: Kind, action: Action) -> list[Fault]:
    """Return every n-th call of a kind, and one beyond; in the short form one of them, not the first."""
    count = sum(called == kind for called, _ in calls)
    part = {"once": 2, "always": 3, "kill": 5}[action]
    return [
        Fault(kind, n, action) for n in (range(1, count + 2) if LONG else [1 + count * (part - 1) // part])
    ]


@pytest.mark.parametrize("action", get_args(Action))
@pytest.mark.parametrize("kind", get_args(Kind))
def test_whatever_call_fails_the_old_or_the_new_index_answers(
    stand: Stand, calls: list[tuple[str, str]], kind: Kind, action: Action, tried: Tried
) -> None:
    faults = chosen(calls, kind, action)
    tried(len(faults))
    assert not broken(stand, faults)


def test_a_run_killed_at_any_named_point_leaves_the_old_or_the_new_index(
    stand: Stand, calls: list[tuple[str, str]], tried: Tried
) -> None:
    faults = [first(calls, pattern) for pattern in POINTS.values()]
    tried(len(faults))
    assert not broken(stand, faults)


def first(calls: list[tuple[str, str]], pattern: str) -> Fault:
    """Return the fault that kills a run at the first call that fits."""
    for place, (kind, path) in enumerate(calls):
        if re.fullmatch(pattern if pattern.endswith("$") else pattern + ".*", f"{kind} {path}"):
            return Fault(kind, sum(called == kind for called, _ in calls[: place + 1]), "kill")  # type: ignore[arg-type]
    raise AssertionError(f"no call fits {pattern!r}")
