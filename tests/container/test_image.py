"""The image's own build steps make a service that answers without torch and writes to its data alone."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.container.image import ROOT, build, environment, instructions

QUESTION = "what did Luxembourg and Morocco sign?"
Run = Callable[..., subprocess.CompletedProcess[str]]

# Everything but the data folder and /tmp is made read-only, as `docker run --read-only` does.
READ_ONLY = 'mount --bind "$IBID_DATA" "$IBID_DATA" && mount -o remount,bind,ro / && exec "$@"'


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("image")
    build(folder)
    shutil.rmtree(folder / "source")
    return folder


@pytest.fixture(scope="module")
def variables(image: Path) -> dict[str, str]:
    return {**environment(image), "HOME": "/nowhere", "IBID_HOST": "127.0.0.1"}


def _ibid(*arguments: str) -> list[str]:
    return ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", "ibid", *arguments]


@pytest.fixture(scope="module")
def run(image: Path, variables: dict[str, str]) -> Run:
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        pytest.skip("NOT TESTED: a read-only image needs mount namespaces, which this machine forbids")

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            _ibid(*arguments), env=variables, cwd=image / "data", capture_output=True, text=True, timeout=120
        )

    return call


@pytest.fixture(scope="module")
def indexed(run: Run) -> Run:
    made = run("index", str(ROOT / "seeds" / "articles"))
    assert made.returncode == 0, made.stderr
    return run


def test_there_is_no_torch_and_nothing_to_install_with(image: Path) -> None:
    installed = {
        path.name for path in next((image / "opt/ibid/lib").glob("python3*/site-packages")).iterdir()
    }
    assert installed.isdisjoint({"torch", "transformers", "sentence_transformers", "pip", "setuptools"})


def test_a_question_is_answered(indexed: Run) -> None:
    asked = indexed("ask", QUESTION, "-k", "1", "--json")
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["passages"][0]["citation"]["document_id"]


def test_another_model_is_refused_with_the_remedy(indexed: Run) -> None:
    asked = indexed("ask", QUESTION, "--model", "intfloat/multilingual-e5-small")
    assert asked.returncode == 78
    assert "ibid index, or choose that model with --model" in asked.stderr


def test_without_articles_serving_says_what_to_do(run: Run, tmp_path: Path) -> None:
    served = run("serve", "--data", str(tmp_path))
    assert (served.returncode, "ibid index FOLDER" in served.stderr) == (66, True)


def test_without_a_key_it_does_not_listen_beyond_the_container(run: Run) -> None:
    served = run("serve", "--host", "0.0.0.0")
    assert (served.returncode, "IBID_API_KEY_SHA256" in served.stderr) == (78, True)


@pytest.fixture
def served(indexed: Run, image: Path, variables: dict[str, str]) -> Iterator[str]:
    command = _ibid("serve", "--port", "0")
    with subprocess.Popen(
        command, env=variables, cwd=image / "data", stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()
    assert process.returncode == 0


def test_the_health_check_of_the_image_passes_once_it_answers(
    served: str, image: Path, variables: dict[str, str]
) -> None:
    steps = (ROOT / "Dockerfile").read_text("utf-8")
    check = json.loads(
        next(word for name, word in instructions(steps) if name == "HEALTHCHECK").partition("CMD ")[2]
    )
    check[-1] = check[-1].replace("http://127.0.0.1:8000", served)
    assert subprocess.run(check, env=variables, timeout=20).returncode == 0
    check[-1] = check[-1].replace(served, "http://127.0.0.1:9")
    assert subprocess.run(check, env=variables, capture_output=True, timeout=20).returncode != 0
