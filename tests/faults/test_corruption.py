"""One bit, a cut, an exchange: a snapshot that is not as written is refused, by name, with the remedy."""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from embeddings import Encoder
from rag.errors import SnapshotError
from rag.snapshot import CURRENT, SNAPSHOTS, current_path, open_current
from tests.api.conftest import eventually, serving
from tests.faults.conftest import LONG, Tried
from tests.faults.stand import Run
from tests.faults.world import QUESTIONS, World, answers_of

FLIPS = 500 if LONG else 4
CUTS = 50 if LONG else 2
SEED = 11
REMEDY = "ibid index"


def files_of(data: Path) -> list[Path]:
    """Return every file of the current snapshot that holds anything."""
    return sorted(path for path in current_path(data).rglob("*") if path.is_file() and path.stat().st_size)


def accepted(data: Path, encoder: Encoder, named: Path) -> str | None:
    """Return what is wrong where an altered snapshot is not refused as it should be."""
    try:
        open_current(data, encoder).close()
    except SnapshotError as error:
        if str(named) not in str(error):
            return f"{named} is not named: {error}"
        return None if REMEDY in error.remedy else f"no remedy: {error.remedy}"
    return f"{named} is opened"


def flips(content: bytes, draw: random.Random) -> Iterator[bytes]:
    for _ in range(FLIPS):
        place = draw.randrange(len(content))
        yield content[:place] + bytes([content[place] ^ 1 << draw.randrange(8)]) + content[place + 1 :]


def cuts(content: bytes, draw: random.Random) -> Iterator[bytes]:
    """Yield truncations, nothing, and a file that has grown."""
    yield from (content[: draw.randrange(len(content))] for _ in range(CUTS))
    yield from (content[:-1], b"", content + b"\0", bytes(len(content)))


@pytest.mark.parametrize("harm", [flips, cuts], ids=["one bit flipped", "truncated, emptied, longer"])
def test_a_harmed_file_is_refused_by_name(
    data: Path,
    encoder: Encoder,
    tried: Tried,
    harm: Callable[[bytes, random.Random], Iterator[bytes]],
) -> None:
    draw, wrong, cases = random.Random(SEED), [], 0
    for path in files_of(data):
        intact = path.read_bytes()
        for content in harm(intact, draw):
            path.write_bytes(content)
            cases += 1
            if content != intact and (said := accepted(data, encoder, path)):
                wrong.append(said)
        path.write_bytes(intact)
    tried(cases)
    open_current(data, encoder).close()
    assert not wrong, "\n".join(wrong)


def test_a_flipped_bit_in_the_pointer_is_refused_or_changes_nothing(
    world: World, data: Path, encoder: Encoder, tried: Tried
) -> None:
    pointer = data / CURRENT
    intact = pointer.read_bytes()
    for place in range(len(intact)):
        for bit in range(8):
            pointer.write_bytes(intact[:place] + bytes([intact[place] ^ 1 << bit]) + intact[place + 1 :])
            with suppress(SnapshotError):
                assert answers_of(data, encoder) == world.old
    tried(8 * len(intact))


def pairs(data: Path, other: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each file with its counterpart; names that tantivy draws differ, endings do not."""
    theirs = {
        (path.parent.name, path.suffix, len(path.stem) == 32 or path.stem): path for path in files_of(other)
    }
    for path in files_of(data):
        if twin := theirs.get((path.parent.name, path.suffix, len(path.stem) == 32 or path.stem)):
            yield path, twin


def test_files_of_two_snapshots_are_never_mixed(
    world: World, data: Path, encoder: Encoder, tried: Tried
) -> None:
    cases = 0
    for path, twin in pairs(data, world.after):
        intact = path.read_bytes()
        if intact == twin.read_bytes():
            continue
        shutil.copyfile(twin, path)
        # A foreign manifest is whole: what it says of some other file does not hold.
        assert not accepted(data, encoder, current_path(data) if path.name == "manifest.json" else path)
        path.write_bytes(intact)
        cases += 1
    tried(cases)
    assert cases >= 8


def test_files_that_change_places_are_refused(data: Path, encoder: Encoder, tried: Tried) -> None:
    files = files_of(data)
    for one, other in zip(files, files[1:] + files[:1], strict=True):
        contents = one.read_bytes(), other.read_bytes()
        one.write_bytes(contents[1])
        other.write_bytes(contents[0])
        assert not accepted(data, encoder, current_path(data))
        one.write_bytes(contents[0])
        other.write_bytes(contents[1])
    tried(len(files))


def test_the_command_that_is_named_repairs_it(
    world: World, data: Path, encoder: Encoder, ibid: Run, tried: Tried
) -> None:
    names = [path.relative_to(current_path(data)) for path in files_of(data)]
    chosen = names if LONG else names[::6]
    for name in chosen:
        path = current_path(data) / name
        if not path.exists():  # the lexical index draws new names every time
            path = next(path.parent.glob(f"*{path.suffix}"))
        path.write_bytes(path.read_bytes()[:-1])
        refused = ibid("ask", QUESTIONS[0], "--data", data, folder=data)
        assert refused.code == SnapshotError.exit_code
        assert str(path) in refused.stderr
        assert REMEDY in refused.stderr
        assert ibid("index", world.articles, "--data", data, folder=data).code == 0
        assert answers_of(data, encoder) == world.new
    tried(len(chosen))


def test_a_server_goes_on_with_the_snapshot_it_holds(
    world: World, data: Path, tmp_path: Path, tried: Tried
) -> None:
    held, new = current_path(data), current_path(world.after)
    files = [path.relative_to(new) for path in files_of(world.after)]
    chosen = files if LONG else files[::8]
    with serving(data, tmp_path) as server, server.client() as http:
        before = replies(http)
        shutil.rmtree(held)  # as a run does that has made another snapshot current
        for number, name in enumerate(chosen):
            harmed = Path(shutil.copytree(new, data / SNAPSHOTS / f"20990101T0000{number:02}-harmed"))
            (harmed / name).write_bytes((new / name).read_bytes()[:-1])
            (data / CURRENT).write_text(harmed.name + "\n")
            assert eventually(
                lambda path=harmed / name: str(path) in str(http.get("/readyz").json()["refused"])
            )
            assert replies(http) == before
        whole = Path(shutil.copytree(new, data / SNAPSHOTS / "20990102T000000-whole"))
        (data / CURRENT).write_text(whole.name + "\n")
        assert eventually(lambda: http.get("/readyz").json()["refused"] is None)
        assert replies(http) != before
    tried(len(chosen))


def replies(http: httpx.Client) -> list[object]:
    """Return what a server answers to every question, without the time it took."""
    found = [http.post("/v1/ask", json={"question": question, "k": 50}).json() for question in QUESTIONS]
    return [{**reply, "took_ms": None} for reply in found]
