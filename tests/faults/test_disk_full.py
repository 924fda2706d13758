"""A full disk, at whatever byte it is full, leaves the old index and no half of a new one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import CannotWrite
from tests.faults.conftest import LONG, Tried
from tests.faults.stand import Stand
from tests.faults.world import left_behind

DISK = 4_000_000  # bytes: the old index, the cache and most of the new index
PAGE = 4096  # what a tmpfs gives out at least


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a small disk of its own, empty."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", place]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("only root may mount a small disk: the limit on the size of files stands for it")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)  # this process has read from it


def leave_free(disk: Path, free: int) -> None:
    """Fill the disk but for so many bytes."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - free)


def test_a_disk_that_is_full_at_any_page_leaves_the_old_index_and_nothing_else(
    stand: Stand, disk: Path, tried: Tried
) -> None:
    stand, wrong, cases, ended = replace(stand, data=disk / "data"), [], 0, None
    while ended is None or ended.code:  # until the free space is enough
        free = cases * (PAGE if LONG else 10 * PAGE)
        stand.reset()
        leave_free(disk, free)
        ended = stand.index()
        left = left_behind(stand.data) if ended.code == CannotWrite.exit_code else []
        (disk / "filler").unlink()
        wrong += [f"{free} bytes free: {violation}" for violation in stand.violations(ended)]
        wrong += [f"{free} bytes free: {name} is left on the full disk" for name in left]
        cases += 1
    tried(cases)
    assert cases > 2
    assert not wrong, "\n".join(wrong)


def test_a_file_that_may_not_grow_leaves_the_old_index_and_nothing_else(stand: Stand, tried: Tried) -> None:
    largest = max(path.stat().st_size for path in stand.world.after.rglob("*") if path.is_file())
    limits = range(0, largest, largest // (300 if LONG else 3))
    wrong = []
    for limit in limits:
        stand.reset()
        ended = stand.index(limit=limit)
        wrong += [f"limit {limit}: {violation}" for violation in stand.violations(ended)]
        if ended.code != CannotWrite.exit_code:
            wrong.append(f"limit {limit}: exit code {ended.code}")
    tried(len(limits))
    assert not wrong, "\n".join(wrong)
