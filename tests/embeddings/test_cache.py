"""The cache: every text encoded once, the same vectors as without it, no text and nothing dead kept."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings import EmbeddingCache, Encoder, Halves, keys_of
from embeddings.cache import COMMIT_EVERY
from tests.awkward import texts
from tests.letters import LetterEncoder

ENCODER = LetterEncoder()


def quiet(done: int) -> None:
    pass


def encode(
    cache: EmbeddingCache, run: list[str], progress: Callable[[int], None] = quiet
) -> tuple[Halves, int]:
    return cache.encode_passages(run, keys_of(run), progress)


def halves(encoder: Encoder, run: list[str]) -> Halves:
    return encoder.encode_passages(run).astype(np.float16)


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(texts, max_size=5), max_size=3))
def test_vectors_are_those_of_the_encoder_and_only_new_texts_are_counted(
    tmp_path_factory: pytest.TempPathFactory, runs: list[list[str]]
) -> None:
    folder, known = tmp_path_factory.mktemp("cache"), set[str]()
    for run in runs:
        with EmbeddingCache(folder, ENCODER) as cache:
            vectors, computed = encode(cache, run)
        np.testing.assert_array_equal(vectors, halves(ENCODER, run))
        assert computed == len(set(run) - known)
        known |= set(run)


def test_progress_tells_of_every_text_once(tmp_path: Path) -> None:
    run = [f"text {n % 700}" for n in range(1000)]
    for _ in range(2):
        seen: list[int] = []
        with EmbeddingCache(tmp_path, ENCODER) as cache:
            encode(cache, run, seen.append)
        assert sum(seen) == len(run)


def test_a_run_that_stops_keeps_what_was_committed(tmp_path: Path) -> None:
    run = [f"text {n}" for n in range(2 * COMMIT_EVERY)]

    def stop(done: int) -> None:
        if done:
            raise KeyboardInterrupt

    with EmbeddingCache(tmp_path, ENCODER) as cache, pytest.raises(KeyboardInterrupt):
        encode(cache, run, stop)
    with EmbeddingCache(tmp_path, ENCODER) as cache:
        _, computed = encode(cache, run)
    assert computed == COMMIT_EVERY


def test_what_is_not_kept_is_gone_from_the_file(tmp_path: Path) -> None:
    with EmbeddingCache(tmp_path, ENCODER) as cache:
        encode(cache, ["kept", "gone", "gone as well"])
        gone = halves(ENCODER, ["gone"]).tobytes()
        assert any(gone in path.read_bytes() for path in tmp_path.iterdir())
        cache.keep_only(keys_of(["kept", "never seen"]))
    assert not any(gone in path.read_bytes() for path in tmp_path.iterdir())
    with EmbeddingCache(tmp_path, ENCODER) as cache:
        assert encode(cache, ["kept", "gone"])[1] == 1
        cache.keep_only([])
        cache.keep_only([])
        assert encode(cache, ["kept"])[1] == 1


def test_no_text_is_kept(tmp_path: Path) -> None:
    with EmbeddingCache(tmp_path, ENCODER) as cache:
        encode(cache, ["zyxwvutable"])
    assert not any(b"zyxwvutable" in path.read_bytes() for path in tmp_path.iterdir())


def test_encoders_do_not_share_vectors(tmp_path: Path) -> None:
    other = LetterEncoder(fingerprint="5d" * 32, dimension=32)
    for encoder in (ENCODER, other, ENCODER):
        with EmbeddingCache(tmp_path, encoder) as cache:
            vectors, _ = encode(cache, ["text"])
        np.testing.assert_array_equal(vectors, halves(encoder, ["text"]))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_befalls_the_file_the_vectors_are_those_of_the_encoder(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder, run = tmp_path_factory.mktemp("cache"), [f"text {n}" for n in range(100)]
    with EmbeddingCache(folder, ENCODER) as cache:
        encode(cache, run)
    (path,) = folder.glob("*.sqlite")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(
        content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content
    )
    for _ in range(2):
        with EmbeddingCache(folder, ENCODER) as cache:
            vectors, _ = encode(cache, run)
            cache.keep_only(keys_of(run))
        np.testing.assert_array_equal(vectors, halves(ENCODER, run))
    with EmbeddingCache(folder, ENCODER) as cache:
        assert encode(cache, run)[1] == 0


def test_lone_surrogates_have_keys_of_their_own(tmp_path: Path) -> None:
    with EmbeddingCache(tmp_path, ENCODER) as cache:
        assert encode(cache, ["\ud800", "\ud801", "\ufffd", "?"])[1] == 4
