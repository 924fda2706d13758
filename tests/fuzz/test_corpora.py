"""Every input that fuzzing kept, and every one that ever failed, holds what its target states."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.awkward import texts
from tests.fuzz.targets import TARGETS

CORPORA = Path(__file__).with_name("corpora")
LARGEST = 300_000  # bytes of all corpora: what is kept is minimised


def kept() -> Iterator[tuple[str, Path]]:
    for name in TARGETS:
        for path in sorted((CORPORA / name).iterdir()):
            yield name, path


@pytest.mark.parametrize("name", TARGETS)
def test_what_fuzzing_kept_holds(name: str) -> None:
    inputs = [path for target, path in kept() if target == name]
    assert inputs
    for path in inputs:
        TARGETS[name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
@given(st.binary(max_size=400) | texts.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_hold(name: str, content: bytes) -> None:
    TARGETS[name](content)


def test_the_corpora_stay_small() -> None:
    assert sum(path.stat().st_size for _, path in kept()) < LARGEST
