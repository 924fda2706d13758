"""The build steps of the Dockerfile, run in a folder: what an engine would do, without one.

    python -m tests.container.image FOLDER

Its RUN lines are executed as they stand, with /opt/ibid and /source inside the folder; COPY takes the files
that git knows and .dockerignore lets through. The last stage's user and volume are not tried: they need an
engine.
"""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Rooms of the image that stand inside the folder instead.
ROOMS = ("/opt/ibid", "/source", "/data")


def instructions(dockerfile: str) -> Iterator[tuple[str, str]]:
    """Yield each instruction with its argument, lines that go on joined, comments left out."""
    lines = [line for line in dockerfile.splitlines() if not line.startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            word, _, argument = line.partition(" ")
            yield word, argument.strip()


def build(folder: Path) -> None:
    """Run the steps of the first stage. Raises CalledProcessError with the step's output in the log."""
    for room in ROOMS:
        (folder / room[1:]).mkdir(parents=True)
    stages = 0
    for word, argument in instructions((ROOT / "Dockerfile").read_text("utf-8")):
        stages += word == "FROM"
        if stages > 1:
            break
        if word == "COPY":
            *sources, target = shlex.split(argument)
            for source in sources:
                _copy(source, folder / "source" / target)
        elif word == "RUN":
            subprocess.run(["bash", "-ec", inside(folder, argument)], cwd=folder / "source", check=True)


def inside(folder: Path, command: str) -> str:
    """Return a command of the image with its rooms inside the folder."""
    for room in ROOMS:
        command = command.replace(room, f"{folder}{room}")
    return command


def environment(folder: Path) -> dict[str, str]:
    """Return the variables that the image sets, over those of this process."""
    found = {"PATH": os.environ["PATH"]}
    for word, argument in instructions((ROOT / "Dockerfile").read_text("utf-8")):
        if word == "ENV":
            pairs = dict(pair.split("=", 1) for pair in shlex.split(argument))
            found |= {
                name: inside(folder, value).replace("$PATH", found["PATH"]) for name, value in pairs.items()
            }
    return found


def size(folder: Path) -> int:
    """Return the bytes of all files that the image adds to its base."""
    return sum(path.stat().st_size for path in (folder / "opt").rglob("*") if path.is_file())


def _copy(source: str, target: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", source],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\n")  # fmt: skip
    ignored = [line.rstrip("/") for line in (ROOT / ".dockerignore").read_text("utf-8").split()]
    for name in filter(None, listed):
        if any(fnmatch(name, pattern) or name.startswith(f"{pattern}/") for pattern in ignored):
            continue
        place = (
            target / Path(name).relative_to(source) if (ROOT / source).is_dir() else target / Path(name).name
        )
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, place)


if __name__ == "__main__":
    made = Path(sys.argv[1]).absolute()
    build(made)
    sys.stdout.write(f"{size(made) / 1e6:.0f} MB beside the base image\n")
