"""Any sentence-transformers model: here a tiny one with random weights, made on the spot."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from embeddings import Encoder, EncoderError, ModelDamaged, ModelNotFound, load_encoder
from embeddings.sentence_transformer_encoder import SentenceTransformerEncoder

# What sentence-transformers and torch do when they are imported is not ours.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

DIMENSION = 16
WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "le",
    "maroc",
    "signe",
    "query",
    "passage",
    ":",
    "accord",
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a BERT of two layers, in safetensors, with mean pooling."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from tokenizers.processors import BertProcessing
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    words = Tokenizer(WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = BertPreTokenizer()
    words.post_processor = BertProcessing(*((mark, WORDS.index(mark)) for mark in ("[SEP]", "[CLS]")))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]")
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=DIMENSION,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder / "bert")
    tokenizer.save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"), max_seq_length=32)
    model = SentenceTransformer(modules=[transformer, Pooling(DIMENSION)], device="cpu")
    model.save_pretrained(str(folder / "model"))
    assert (folder / "model" / "model.safetensors").is_file()
    return folder / "model"


@pytest.fixture(scope="module")
def made(tiny: Path) -> Encoder:
    return load_encoder(str(tiny))


def test_a_folder_is_loaded_as_an_encoder(made: Encoder, tiny: Path) -> None:
    assert isinstance(made, SentenceTransformerEncoder)
    assert isinstance(made, Encoder)
    assert (made.name, made.dimension, made.languages) == (tiny.name, DIMENSION, ())


TEXTS = ["le maroc signe", "", "?", "\ud800 accord", "accord " * 500, "\x00\x07", "👩\u200d👧"]


def test_any_text_has_a_unit_vector(made: Encoder) -> None:
    for vectors in (made.encode_queries(TEXTS), made.encode_passages(TEXTS)):
        assert (vectors.shape, vectors.dtype) == ((len(TEXTS), DIMENSION), np.float32)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert made.encode_passages([]).shape == (0, DIMENSION)


def test_a_text_has_the_same_vector_alone_and_in_a_batch(made: Encoder) -> None:
    alone = np.concatenate([made.encode_passages([text]) for text in TEXTS])
    np.testing.assert_allclose(made.encode_passages(TEXTS), alone, atol=1e-5)


def test_prefixes_are_put_before_questions_and_passages(made: Encoder, tiny: Path) -> None:
    prefixed = load_encoder(str(tiny), "query : ", "passage : ")
    text = "le maroc signe"
    np.testing.assert_allclose(
        prefixed.encode_queries([text]), made.encode_queries([f"query : {text}"]), atol=1e-5
    )
    np.testing.assert_allclose(
        prefixed.encode_passages([text]), made.encode_passages([f"passage : {text}"]), atol=1e-5
    )
    assert not np.allclose(prefixed.encode_queries([text]), prefixed.encode_passages([text]), atol=1e-3)


def test_equal_weights_and_prefixes_have_equal_fingerprints(made: Encoder, tiny: Path) -> None:
    prints = [
        load_encoder(str(tiny), *prefixes).fingerprint
        for prefixes in ((None, None), ("query : ", None), (None, "query : "))
    ]
    assert prints[0] == made.fingerprint
    assert len(set(prints)) == 3


def test_other_weights_have_another_fingerprint(made: Encoder, tiny: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(tiny, tmp_path / "copy"))
    content = bytearray((copy / "model.safetensors").read_bytes())
    content[-2] ^= 1
    (copy / "model.safetensors").write_bytes(content)
    assert load_encoder(str(copy)).fingerprint != made.fingerprint


@pytest.mark.parametrize("name", ["nowhere/at-all", "/no/such/folder"])
def test_a_model_that_does_not_exist_is_named_with_the_remedy(name: str) -> None:
    with pytest.raises(ModelNotFound, match=name) as caught:
        load_encoder(name)
    assert caught.value.remedy


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match=str(tmp_path)):
        load_encoder(str(tmp_path))


@pytest.mark.parametrize("length", [0, 100])
def test_truncated_weights_are_an_error_of_the_encoder(tiny: Path, tmp_path: Path, length: int) -> None:
    copy = Path(shutil.copytree(tiny, tmp_path / "copy"))
    content = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(content[:length])
    with pytest.raises(ModelDamaged, match=str(copy)):
        load_encoder(str(copy))


def test_pickled_weights_are_not_loaded(tiny: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    copy = Path(shutil.copytree(tiny, tmp_path / "copy"))
    torch.save(load_file(copy / "model.safetensors"), copy / "pytorch_model.bin")
    (copy / "model.safetensors").unlink()
    with pytest.raises(EncoderError, match=str(copy)):
        load_encoder(str(copy))
