"""What a rename makes visible has reached the disk before: seen by strace, and by the kernel's own filter."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rag.snapshot import CURRENT, SNAPSHOTS, current_path
from tests.faults.stand import Run
from tests.faults.world import ROOT, World

TRACED = "openat,write,pwrite64,writev,ftruncate,fsync,fdatasync,rename,renameat,renameat2"
KINDS = {"fdatasync": "fsync", "renameat": "rename", "renameat2": "rename", "openat": "open"}
# A call, whether or not another thread came between its begin and its end.
CALL = re.compile(r"^\d+ +(\w+)\((.*)")


def calls_of(trace: str) -> list[tuple[str, str]]:
    """Return the calls in the output of `strace -f -y` as kind and path; of a rename, the new one."""
    calls = []
    for line in trace.splitlines():
        if call := CALL.match(line):
            name, rest = call.groups()
            paths = re.findall(r'"([^"]*)"', rest) if "rename" in name else re.findall(r"^\d+<([^>]*)>", rest)
            if paths:
                calls.append((KINDS.get(name, "fsync" if name == "fsync" else name), paths[-1]))
    return [(kind if kind in ("fsync", "rename") else "write", path) for kind, path in calls]


def check_order(calls: list[tuple[str, str]], data: Path) -> None:
    snapshot = current_path(data)
    named = calls.index(("rename", str(snapshot)))
    built, follows = calls[:named], calls[named:]
    building = next(path for kind, path in built if kind == "write" and "/.building-" in path)
    building = building[: building.index("/", building.index("/.building-") + 1)]
    for path in [snapshot, *snapshot.rglob("*")]:
        # tantivy's empty lock files come and go whenever an index is opened, and hold nothing.
        if path.name.startswith(".tantivy-"):
            continue
        then = building + str(path).removeprefix(str(snapshot))
        touched = [at for at, (kind, called) in enumerate(built) if kind == "write" and called == then]
        fsynced = [at for at, (kind, called) in enumerate(built) if kind == "fsync" and called == then]
        assert fsynced, f"{path} is not fsynced before it gets its name"
        assert not touched or fsynced[-1] > touched[-1], f"{path} is written to after its fsync"
    temporary = str(data / f".{CURRENT}.tmp")
    wanted = [
        ("fsync", str(data / SNAPSHOTS)),
        ("write", temporary),
        ("fsync", temporary),
        ("rename", str(data / CURRENT)),
        ("fsync", str(data)),
    ]
    steps = [call for call in follows if call in wanted]
    assert steps[: len(wanted)] == wanted  # sweeping fsyncs the folder again


def test_every_file_is_fsynced_before_its_rename_and_the_folder_after(
    world: World, data: Path, ibid: Run
) -> None:
    outcome = ibid("index", world.articles, "--data", data, folder=data)
    check_order([(kind, path) for kind, path in outcome.calls], data)


def test_strace_sees_every_file_fsynced_before_its_rename(world: World, data: Path, tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip(
            "strace is not installed (apt-get install strace): the order was seen by the filter alone"
        )
    program = [sys.executable, "-c", "from rag.cli import main; main()", "index", world.articles]
    trace = tmp_path / "trace"
    watched = [strace, "-f", "-y", "-s", "0", "-e", f"trace={TRACED}", "-o", trace]
    subprocess.run([*watched, *program, "--data", data], cwd=ROOT, check=True, capture_output=True)
    check_order(calls_of(trace.read_text("utf-8", "replace")), data)
