"""The runbook of README: each symptom is brought about, seen as it is written, and gone after what to do."""

import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from filelock import FileLock

from rag.indexing import LOCK
from rag.manifest import FORMAT, NAME, read_manifest
from rag.snapshot import CURRENT, SNAPSHOTS, current_path, point_to
from tests.api.conftest import eventually, serving

ROOT = Path(__file__).parents[1]
ARTICLES = ROOT / "seeds" / "articles"
SECTION = (ROOT / "README.md").read_text("utf-8").partition("## Operation")[2].partition("\n## ")[0]
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in SECTION.splitlines()
    if line.startswith("| ") and not line.startswith("| symptom")
]
QUESTION = "Qui a signé la déclaration ?"


@dataclass
class House:
    """A data folder and the command line over it."""

    data: Path

    def run(self, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        words = command.replace("FOLDER", str(ARTICLES)).split()
        assert words[0] == "ibid"
        return subprocess.run(
            [sys.executable, "-c", "from rag.cli import main; main()", *words[1:]],
            env={**os.environ, "IBID_DATA": str(self.data), **environment},
            cwd=ROOT,
            capture_output=True,
            text=True,
        )

    def ask(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run(f"ibid ask {QUESTION.replace(' ', '_')}", **environment)

    def manifest(self) -> Path:
        return current_path(self.data) / NAME


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("whole") / "data"
    assert House(data).run("ibid index FOLDER").returncode == 0
    return data


@pytest.fixture
def house(whole: Path, tmp_path: Path) -> House:
    return House(Path(shutil.copytree(whole, tmp_path / "data")))


def _command(remedy: str) -> str:
    (command, *_) = re.findall(r"`(ibid [^`]+)`", remedy)
    return str(command)


def _no_index(house: House) -> None:
    shutil.rmtree(house.data)


def _altered(house: House) -> None:
    path = current_path(house.data) / "passages.faiss"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _no_snapshot(house: House) -> None:
    shutil.rmtree(current_path(house.data))


def _older(house: House) -> None:
    made = read_manifest(current_path(house.data))
    house.manifest().write_text(replace(made, format=FORMAT - 1).to_json())


def _other_model(house: House) -> None:
    made = read_manifest(current_path(house.data))
    model = replace(made.model, fingerprint="0" * 64)
    house.manifest().write_text(replace(made, id="0" * 64, model=model).to_json())


BROKEN: dict[str, Callable[[House], None]] = {
    "`there is no index in`": _no_index,
    "`was altered`": _altered,
    "`names a snapshot that does not exist`": _no_snapshot,
    "`this program reads format`": _older,
    "`was made by the model`": _other_model,
}
OTHERS = {
    "`another run is writing to`",
    "`cannot be written`",
    "`cannot listen on`",
    "`does not answer as it should`",
    "`unknown environment variable`",
    "`refused` in `/readyz` holds a reason",
    "the server ends with SIGBUS",
}


def remedy_of(symptom: str) -> str:
    return next(row[2] for row in ROWS if row[0] == symptom)


def test_every_row_is_followed_here() -> None:
    assert {row[0] for row in ROWS} == BROKEN.keys() | OTHERS


@pytest.mark.parametrize("symptom", BROKEN)
def test_a_broken_index_shows_its_symptom_and_the_command_repairs_it(house: House, symptom: str) -> None:
    BROKEN[symptom](house)
    broken = house.ask()
    assert (broken.returncode, symptom.strip("`") in broken.stderr) == (78, True), broken.stderr
    assert house.run(_command(remedy_of(symptom))).returncode == 0
    assert house.ask().returncode == 0


def test_a_second_run_waits(house: House) -> None:
    with FileLock(house.data / LOCK):
        refused = house.run("ibid index FOLDER")
    assert (refused.returncode, "another run is writing to" in refused.stderr) == (75, True)
    assert house.run("ibid index FOLDER").returncode == 0


def test_what_cannot_be_written_leaves_the_former_index(house: House) -> None:
    _altered(house)  # else there would be nothing to write
    limited = [sys.executable, "-c", "from rag.cli import main; main()", "index", str(ARTICLES)]
    failed = subprocess.run(
        limited,
        env={**os.environ, "IBID_DATA": str(house.data)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )
    assert (failed.returncode, "cannot be written" in failed.stderr) == (74, True), failed.stderr
    assert house.run(_command(remedy_of("`cannot be written`"))).returncode == 0
    assert house.ask().returncode == 0


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def test_a_taken_port_is_told(house: House, taken: int, tmp_path: Path) -> None:
    refused = house.run(f"ibid serve --port {taken}")
    assert (refused.returncode, "cannot listen on" in refused.stderr) == (1, True), refused.stderr
    assert _command(remedy_of("`cannot listen on`")) == "ibid serve --port 0"
    with serving(house.data, tmp_path, IBID_PORT="0") as server, server.client() as client:
        assert client.get("/readyz").status_code == 200


def test_milvus_that_does_not_answer_is_told(house: House) -> None:
    gone = house.ask(IBID_INDEX="milvus://127.0.0.1:9/press")
    assert (gone.returncode, "does not answer as it should" in gone.stderr) == (69, True), gone.stderr
    assert house.run(_command(remedy_of("`does not answer as it should`"))).returncode == 0


def test_a_misspelt_setting_is_told_and_every_setting_shown(house: House) -> None:
    refused = house.ask(IBID_HOTS="127.0.0.1")
    assert (refused.returncode, "unknown environment variable IBID_HOTS" in refused.stderr) == (78, True)
    assert "host" in house.run(_command(remedy_of("`unknown environment variable`"))).stdout


def test_a_damaged_new_index_is_refused_while_the_former_one_is_served(house: House, tmp_path: Path) -> None:
    with serving(house.data, tmp_path) as server, server.client() as client:
        damaged = house.data / SNAPSHOTS / "20990101T000000-damaged"
        shutil.copytree(current_path(house.data), damaged)
        former = (house.data / CURRENT).read_text()
        (damaged / "passages.faiss").write_bytes(b"")
        point_to(house.data, damaged.name)
        assert eventually(lambda: client.get("/readyz").json()["refused"] is not None)
        assert client.post("/v1/ask", json={"question": QUESTION}).status_code == 200
        assert house.run("ibid verify").returncode == 78
        assert house.run("ibid index").returncode == 0
        assert former != (house.data / CURRENT).read_text()
        assert eventually(lambda: client.get("/readyz").json()["refused"] is None)


def test_after_a_file_was_cut_in_place_the_index_is_made_anew(house: House, tmp_path: Path) -> None:
    path = current_path(house.data) / "passages.faiss"
    with serving(house.data, tmp_path) as server:
        os.truncate(path, 0)
        with pytest.raises(httpx.HTTPError):
            httpx.post(f"{server.address}/v1/ask", json={"question": "Qui dirige la délégation au Maroc ?"})
        assert server.process.wait(10) < 0
    assert house.run(_command(remedy_of("the server ends with SIGBUS"))).returncode == 0
    assert house.ask().returncode == 0


def test_a_copy_of_the_folder_is_a_backup(house: House, tmp_path: Path) -> None:
    before = house.run("ibid ask Luxembourg --json").stdout
    copy = House(Path(shutil.copytree(house.data, tmp_path / "copy")))
    shutil.rmtree(house.data)
    assert copy.run("ibid verify").returncode == 0
    after = copy.run("ibid ask Luxembourg --json").stdout
    assert json.loads(after)["passages"] == json.loads(before)["passages"]
