"""The adversarial triples: their form, and what the bundled model makes of them."""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from embeddings import Encoder
from rag.language import detect_language
from tests.embeddings.triples import FILE, Triple, accuracy, read_triples

KINDS = {
    "country",
    "person",
    "institution",
    "number",
    "date",
    "negation",
    "false friend",
    "who did what",
}
FEWEST = 80
# Share of all triples the bundled model must get right. Guessing gets 0.5, all-MiniLM-L6-v2 0.596.
FLOOR = 0.91


@pytest.fixture(scope="module")
def triples() -> list[Triple]:
    return read_triples()


def test_every_line_has_the_six_fields_and_no_blank_one() -> None:
    for line in FILE.read_text("utf-8").splitlines():
        record = json.loads(line)
        assert list(record) == ["id", "kind", "split", "english", "french", "wrong_french"]
        assert all(isinstance(value, str) and value == value.strip() != "" for value in record.values())


def test_there_are_enough_triples_of_every_kind(triples: list[Triple]) -> None:
    assert len(triples) >= FEWEST
    assert {triple.kind for triple in triples} == KINDS


def test_the_halves_hold_as_many_triples_of_each_kind(triples: list[Triple]) -> None:
    halves = Counter((triple.kind, triple.split) for triple in triples)
    assert {split for _, split in halves} == {"dev", "test"}
    for kind in KINDS:
        assert halves[kind, "dev"] == halves[kind, "test"] >= 5


def test_no_id_and_no_sentence_stands_twice(triples: list[Triple]) -> None:
    ids = [triple.id for triple in triples]
    english = [triple.english for triple in triples]
    french = [text for triple in triples for text in (triple.french, triple.wrong_french)]
    for values in (ids, english, french):
        assert [value for value, count in Counter(values).items() if count > 1] == []


def test_each_id_begins_with_its_kind(triples: list[Triple]) -> None:
    assert [t.id for t in triples if t.id.rpartition("-")[0] != t.kind.replace(" ", "-")] == []


def test_sentences_are_composed_unicode_in_their_language(triples: list[Triple]) -> None:
    for triple in triples:
        sentences = (triple.english, triple.french, triple.wrong_french)
        assert all(unicodedata.is_normalized("NFC", text) for text in sentences)
        assert [detect_language(text, {"en", "fr"}) for text in sentences] == ["en", "fr", "fr"], triple.id


def test_the_wrong_sentence_is_a_near_miss_of_the_right_one(triples: list[Triple]) -> None:
    """Half of the words of the right one are kept, so that no model can tell them by topic."""
    for triple in triples:
        both = (triple.french.lower(), triple.wrong_french.lower())
        right, wrong = (set(re.findall(r"\w+", text)) for text in both)
        assert len(right & wrong) >= len(right) / 2, triple.id


def test_accuracy_counts_strictly_nearer_translations(tmp_path: Path, encoder: Encoder) -> None:
    same = Triple("number-01", "number", "dev", "Six men left.", "Six hommes sont partis.", "Dix sont venus.")
    never = Triple("number-02", "number", "dev", "Six men left.", "Dix sont venus.", "Dix sont venus.")
    file = tmp_path / "two.jsonl"
    file.write_text("".join(json.dumps(vars(triple)) + "\n" for triple in (same, never)), encoding="utf-8")
    assert read_triples(file) == [same, never]
    assert accuracy(encoder, [same]) == 1
    assert accuracy(encoder, [never]) == 0
    assert accuracy(encoder, [same, never]) == 0.5


def test_the_bundled_model_tells_most_near_misses_from_translations(
    encoder: Encoder, triples: list[Triple]
) -> None:
    assert accuracy(encoder, triples) >= FLOOR
