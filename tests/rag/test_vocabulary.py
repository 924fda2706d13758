"""The vocabulary of an index: its own terms, the nearest of which are those of brute force."""

import json
from pathlib import Path

import numpy as np
import pytest

from embeddings import Encoder, Lexicon
from rag.lexical import terms_of
from rag.vectors import read_index
from rag.vocabulary import (
    NEAREST_AT_LEAST,
    TRANSLATIONS,
    analyse,
    gather,
    open_vocabularies,
    write_vocabulary,
)

TEXTS = [
    ("fr", "Le Luxembourg et le Maroc ont signé des accords. L'accord porte sur le numérique."),
    ("fr", "La chambre de commerce signera une déclaration en 2019."),
    ("en", "Morocco signed an agreement."),
    ("de", "Marokko unterzeichnete ein Abkommen."),
]


@pytest.fixture(scope="module")
def lexicon(encoder: Encoder) -> Lexicon:
    assert encoder.lexicon is not None
    return encoder.lexicon


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Path:
    folder = tmp_path_factory.mktemp("vocabulary")
    write_vocabulary(folder, lexicon, gather((field, analyse(field, [text])) for field, text in TEXTS))
    return folder


def test_it_holds_the_terms_of_the_texts_and_no_others(folder: Path) -> None:
    french = set().union(*(terms_of(text, "fr") for field, text in TEXTS if field == "fr"))
    assert set(json.loads((folder / "fr.json").read_text("utf-8"))) == french
    assert open_vocabularies(folder, ["en", "fr", "es"]).keys() == {"en", "fr"}


def test_in_a_language_that_the_lexicon_does_not_know_nothing_is_near(folder: Path, lexicon: Lexicon) -> None:
    german = open_vocabularies(folder, ["de"])["de"]
    (query,) = lexicon.vectors(["Marokko"])
    assert "marokko" in german.ids
    assert german.nearest(query) == {}
    assert not german.likeness(np.array([german.ids["marokko"]], np.uint32), query[None, :]).any()


def test_the_nearest_terms_are_those_of_brute_force(folder: Path, lexicon: Lexicon) -> None:
    terms = json.loads((folder / "fr.json").read_text("utf-8"))
    vectors = read_index(folder / "fr.faiss").reconstruct_n().astype(np.float64)
    for word in ("agreement", "signed", "trade", "Luxembourg", "xyzzy"):
        (query,) = lexicon.vectors([word])
        cosines = dict(zip(terms, vectors @ query.astype(np.float64), strict=True))
        best = sorted(cosines, key=lambda term: -cosines[term])[:TRANSLATIONS]
        expected = {term: cosines[term] for term in best if cosines[term] >= NEAREST_AT_LEAST}
        found = open_vocabularies(folder, ["fr"])["fr"].nearest(query)
        assert found == pytest.approx(expected, abs=1e-5)
        assert list(found) == list(expected)


def test_a_word_of_the_texts_is_nearest_to_its_own_term(folder: Path, lexicon: Lexicon) -> None:
    found = open_vocabularies(folder, ["fr"])["fr"].nearest(lexicon.vectors(["luxembourg"])[0])
    assert next(iter(found)) == "luxembourg"


def test_files_that_do_not_fit_together_are_an_error(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "fr.json").write_text('["one"]')
    (tmp_path / "fr.faiss").write_bytes((folder / "fr.faiss").read_bytes())
    with pytest.raises(ValueError, match="1 terms"):
        open_vocabularies(tmp_path, ["fr"])
