"""The torch-free encoder: unit vectors for any text, alone as in a batch; damaged models refused."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from embeddings import Encoder, ModelDamaged, ModelNotFound
from embeddings.loading import BUNDLED
from embeddings.onnx_encoder import FILES, OnnxEncoder, read_config
from tests.awkward import texts

EXTREMES = {
    "empty": "",
    "blank": " \n\t",
    "one letter": "a",
    "punctuation": "?!… « » — ()",
    "emoji": "👩\u200d👩\u200d👧\u200d👦🇲🇦👍🏽",
    "controls": "".join(map(chr, range(32))) + "\x7f\x9b",
    "lone surrogates": "\ud800 texte \udfff\ud83d",
    "marks without letters": "\u0301" * 500,
    "one word of a megabyte": "a" * 1_000_000,
    "a megabyte of words": "mot " * 250_000,
    "Arabic": "وقعت المملكة المغربية اتفاقية",
    "special tokens": "[CLS] [SEP] [MASK] [UNK] <s> </s> <pad>",
}


def is_unit(vectors: np.ndarray[Any, Any]) -> bool:
    return bool(np.isfinite(vectors).all() and np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4))


@pytest.mark.parametrize("text", EXTREMES.values(), ids=EXTREMES.keys())
def test_any_text_has_a_unit_vector(encoder: Encoder, text: str) -> None:
    for vectors in (encoder.encode_queries([text]), encoder.encode_passages([text])):
        assert vectors.shape == (1, encoder.dimension)
        assert vectors.dtype == np.float32
        assert is_unit(vectors)


@settings(max_examples=25)
@given(texts)
def test_any_text_of_many_kinds_has_a_unit_vector(encoder: Encoder, text: str) -> None:
    assert is_unit(encoder.encode_passages([text]))


def test_no_texts_have_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode_passages([]).shape == (0, encoder.dimension)


TEXTS = [
    "Le Luxembourg et le Maroc ont signé un accord.",
    "?",
    "Morocco",
    "",
    "La coopération porte sur le numérique, la recherche et les jeunes pousses. " * 6,
    *(f"Une phrase de longueur variable, numéro {n}{' encore' * n}." for n in range(12)),
]


def test_a_text_has_the_same_vector_alone_and_in_any_batch(encoder: Encoder) -> None:
    alone = np.concatenate([encoder.encode_passages([text]) for text in TEXTS])
    np.testing.assert_array_equal(encoder.encode_passages(TEXTS), alone)
    np.testing.assert_array_equal(encoder.encode_passages(TEXTS[::-1]), alone[::-1])


def test_a_text_is_nearer_to_itself_than_to_any_other(encoder: Encoder) -> None:
    sentences = [*TEXTS[:3], "Il pleut sur Rabat.", "The match ended in a draw."]
    cosines = encoder.encode_passages(sentences) @ encoder.encode_passages(sentences).T
    assert (cosines.argmax(axis=1) == np.arange(len(sentences))).all()


def test_text_beyond_the_length_of_the_model_does_not_count(encoder: Encoder) -> None:
    assert isinstance(encoder, OnnxEncoder)
    long = "mot " * 5_000
    assert encoder.count_tokens(long) > 2_000
    np.testing.assert_array_equal(encoder.encode_passages([long]), encoder.encode_passages([long + "autre"]))


@pytest.mark.parametrize("blanks", [" " * 100_000, "\x00\x07" * 50_000, "\n\t\u00a0" * 30_000])
def test_blanks_and_controls_before_a_text_do_not_count(encoder: Encoder, blanks: str) -> None:
    np.testing.assert_array_equal(
        encoder.encode_passages([blanks + TEXTS[0]]), encoder.encode_passages(TEXTS[:1])
    )


# A folder of links to the bundled model's files: a test replaces one of them.
@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    for path in BUNDLED.iterdir():
        if path.is_file():
            (folder / path.name).symlink_to(path)
    config = json.loads((BUNDLED / "config.json").read_text("utf-8"))
    config.pop("sha256", None)
    replace_file(folder / "config.json", json.dumps(config).encode())
    return folder


def replace_file(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def change_config(folder: Path, **changes: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes))


def test_a_copy_of_the_model_is_the_same_model(model: Path, encoder: Encoder) -> None:
    copy = OnnxEncoder(model)
    np.testing.assert_array_equal(copy.encode_queries(TEXTS[:1]), encoder.encode_queries(TEXTS[:1]))
    assert copy.name == str(model)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named_with_the_remedy(model: Path, name: str) -> None:
    (model / name).unlink()
    with pytest.raises(ModelNotFound, match=str(model / name)) as caught:
        OnnxEncoder(model)
    assert caught.value.remedy


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="nowhere"):
        OnnxEncoder(tmp_path / "nowhere")


HARM: list[Callable[[bytes], bytes]] = [
    lambda _: b"",
    lambda c: c[: len(c) // 2],
    lambda _: b"no model at all",
]


@pytest.mark.parametrize("harm", HARM, ids=["empty", "truncated", "something else"])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_named(model: Path, name: str, harm: Callable[[bytes], bytes]) -> None:
    replace_file(model / name, harm((model / name).read_bytes()))
    with pytest.raises(ModelDamaged, match=str(model / name)) as caught:
        OnnxEncoder(model)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_flipped_bit_is_found_where_the_digest_is_stated(model: Path, name: str) -> None:
    content = bytearray((model / name).read_bytes())
    change_config(model, sha256={name: hashlib.sha256(content).hexdigest()})
    OnnxEncoder(model)
    content[len(content) // 2] ^= 1
    replace_file(model / name, bytes(content))
    with pytest.raises(ModelDamaged, match=f"{model / name} is not the one"):
        OnnxEncoder(model)


def test_a_file_whose_digest_is_stated_must_be_there(model: Path) -> None:
    change_config(model, sha256={"another.bin": "0" * 64})
    with pytest.raises(ModelDamaged, match=r"another\.bin"):
        OnnxEncoder(model)


CONFIGS = [
    "null",
    "[]",
    "{}",
    '{"dimension": 384}',
    '{"dimension": "many", "max_tokens": 9}',
    '{"max_tokens": 1}',
]


@pytest.mark.parametrize("content", CONFIGS)
def test_a_configuration_without_what_is_needed_is_refused(model: Path, content: str) -> None:
    (model / "config.json").write_text(content)
    with pytest.raises(ModelDamaged, match=r"config\.json is not a model configuration"):
        OnnxEncoder(model)


def test_any_change_of_configuration_or_tokenizer_changes_the_fingerprint(model: Path) -> None:
    fingerprints = {read_config(model)[1]}
    change_config(model, passage_prefix="passage: ")
    fingerprints.add(read_config(model)[1])
    change_config(model, query_prefix="query: ")
    fingerprints.add(read_config(model)[1])
    content = (model / "tokenizer.json").read_bytes()
    replace_file(model / "tokenizer.json", content + b"\n")
    fingerprints.add(read_config(model)[1])
    assert len(fingerprints) == 4
    assert all(len(fingerprint) == 64 for fingerprint in fingerprints)


def test_prefixes_are_put_before_questions_and_passages(model: Path) -> None:
    change_config(model, query_prefix="", passage_prefix="")
    plain = OnnxEncoder(model)
    change_config(model, query_prefix="query: ", passage_prefix="passage: ")
    prefixed = OnnxEncoder(model)
    for side, prefix in ((OnnxEncoder.encode_queries, "query: "), (OnnxEncoder.encode_passages, "passage: ")):
        np.testing.assert_array_equal(side(prefixed, ["Maroc"]), side(plain, [prefix + "Maroc"]))
        assert not np.array_equal(side(prefixed, ["Maroc"]), side(plain, ["Maroc"]))


def test_the_bundled_model_is_whole(encoder: Encoder) -> None:
    assert isinstance(encoder, Encoder)
    config, fingerprint = read_config(BUNDLED)
    assert (encoder.dimension, encoder.fingerprint) == (config["dimension"], fingerprint)
    assert "en" in encoder.languages


def test_vectors_do_not_depend_on_how_many_cores_there_are(
    encoder: OnnxEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"{'Le ministre a signé un accord. ' * (1 + number % 7)} {number}" for number in range(40)]
    monkeypatch.setattr("embeddings.onnx_encoder.CORES", 1)
    one = encoder.encode_passages(texts)
    monkeypatch.setattr("embeddings.onnx_encoder.CORES", 4)
    assert encoder.encode_passages(texts).tobytes() == one.tobytes()
    assert encoder.encode_passages([]).shape == (0, encoder.dimension)
