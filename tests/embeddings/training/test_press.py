"""The press set is split by passage, once and for all."""

import json
from pathlib import Path

import pytest

from embeddings.training.examples import press_pairs
from embeddings.training.phrasebook import questions
from embeddings.training.press import Entry, entry_of, own_entries, split

GOLD = Path(__file__).parents[3] / "seeds" / "gold.jsonl"

RECORD = {
    "id": "p-1",
    "passage_fr": "Il pleut. Il vente.",
    "passage_en": "It rains. It blows.",
    "questions": [{"en": "Does it rain?", "fr": "Pleut-il ?"}],
    "near_miss_fr": "Il neige.",
}


def entries(count: int) -> list[Entry]:
    return [Entry(f"p-{number:03}", "f", "e", (("q", "q"),), "n") for number in range(count)]


def test_parts_are_disjoint_and_complete() -> None:
    parts = split(entries(440), seed=20)
    names = [entry.id for part in parts.values() for entry in part]
    assert len(names) == len(set(names)) == 440
    assert {name: len(part) for name, part in parts.items()} == {"test": 110, "dev": 33, "train": 297}


def test_the_split_depends_on_the_seed_alone() -> None:
    forward, backward = split(entries(40), seed=20), split(entries(40)[::-1], seed=20)
    assert forward == backward
    assert forward["test"] != split(entries(40), seed=21)["test"]


def test_a_record_without_its_translation_is_named() -> None:
    record = {key: value for key, value in RECORD.items() if key != "passage_en"}
    with pytest.raises(ValueError, match="'p-1'"):
        entry_of(record)


def test_passages_questions_and_sentences_become_pairs() -> None:
    made = {(found.english, found.french) for found in press_pairs([entry_of(RECORD)])}
    assert made == {
        ("It rains. It blows.", "Il pleut. Il vente."),
        ("Does it rain?", "Pleut-il ?"),
        ("It rains.", "Il pleut."),
        ("It blows.", "Il vente."),
    }


def test_own_entries_are_whole_and_told_apart() -> None:
    own = own_entries()
    assert len({entry.id for entry in own}) == len({entry.french for entry in own}) == len(own) > 0
    assert all(entry.questions and entry.english and entry.near_miss for entry in own)


def test_no_question_of_the_gold_set_is_trained_on() -> None:
    asked = {json.loads(line)["question"].lower() for line in GOLD.read_text(encoding="utf-8").splitlines()}
    taught = {side.lower() for pair in questions() for side in (pair.english, pair.french)}
    taught |= {side.lower() for entry in own_entries() for pair in entry.questions for side in pair}
    assert asked
    assert not asked & taught
