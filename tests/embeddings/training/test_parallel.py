"""Parallel text is filtered, thinned and split by rules that can be checked by hand."""

import gzip
from pathlib import Path

import pytest

from embeddings.training.examples import joined, one_pass, thin
from embeddings.training.parallel import (
    HELD_OUT,
    TRAINED_ON,
    Pair,
    fold,
    is_translation,
    read_pairs,
    read_selected,
    with_rare_words,
    without_repeats,
    write_pairs,
)


def pair(english: str, french: str, source: str = "canada_laws") -> Pair:
    return Pair(source, english, french)


def write_source(folder: Path, source: str, lines: list[str]) -> None:
    with gzip.open(folder / f"{source}.en-fr.tsv.gz", "wt", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in lines))


def test_a_file_is_read_pair_by_pair(tmp_path: Path) -> None:
    write_source(tmp_path, "tiny", ["Yes.\tOui.", " No. \t Non. "])
    assert list(read_pairs(tmp_path, "tiny")) == [Pair("tiny", "Yes.", "Oui."), Pair("tiny", "No.", "Non.")]


def test_a_line_without_a_tab_is_named(tmp_path: Path) -> None:
    write_source(tmp_path, "tiny", ["Yes.\tOui.", "No tab here"])
    with pytest.raises(ValueError, match="tiny, line 2"):
        list(read_pairs(tmp_path, "tiny"))


def test_nothing_held_out_is_trained_on() -> None:
    assert not set(HELD_OUT) & set(TRAINED_ON)


@pytest.mark.parametrize(
    ("english", "french", "kept"),
    [
        ("The minister signed the agreement on Tuesday.", "Le ministre a signé l'accord mardi.", True),
        ("The minister signed the agreement on Tuesday.", "Abrogé", False),
        ("Repealed", "Le ministre a signé l'accord mardi à Rabat avec son homologue.", False),
        ("12.5 %", "12,5 %", False),
        ("", "Oui", False),
        ("Yes", "Absolument", True),
        ("word " * 200, "mot " * 200, False),
        ("The same sentence in both columns of it.", "The same sentence in both columns of it.", False),
    ],
)
def test_only_possible_translations_are_kept(english: str, french: str, kept: bool) -> None:
    assert is_translation(pair(english, french)) is kept


def test_pairs_that_differ_only_in_numbers_count_as_repeats() -> None:
    pairs = [pair("Item 12", "Article 12"), pair("Item 13", "Article 13"), pair("Item A", "Article A")]
    assert [found.english for found in without_repeats(pairs)] == ["Item 12", "Item A"]


def test_rare_words_keep_a_pair_and_worn_ones_do_not() -> None:
    worn = [pair("the law", "la loi") for _ in range(10)]
    rare = pair("the heron", "le héron")
    kept = with_rare_words([*worn, rare], cap=3, seed=1)
    assert rare in kept
    assert len(kept) <= 4
    assert kept == with_rare_words([*worn, rare], cap=3, seed=1)


def test_folding_strips_case_and_accents() -> None:
    assert fold("Élève à Œuvre") == "eleve a œuvre"


def test_pairs_survive_writing_and_reading(tmp_path: Path) -> None:
    pairs = [pair("a\tb", "« c »\n", "x"), pair("", "é", "y")]
    write_pairs(tmp_path / "pairs.jsonl", pairs)
    assert read_selected(tmp_path / "pairs.jsonl") == pairs


def test_small_sources_are_never_thinned_and_come_more_often() -> None:
    pairs = [pair("one two", "un deux", "europarl_train")] * 3 + [pair("law", "loi")]
    assert thin(pairs, (6, 10), 1).count(pairs[0]) == 3
    rows = one_pass(pairs, 18)
    assert rows.count(0) > rows.count(3) == 1


def test_joined_texts_are_made_of_one_source() -> None:
    pairs = [pair("e1 " * 6, "f1 " * 6, "x"), pair("e2 " * 6, "f2 " * 6, "y")] * 20
    for made in joined(pairs, 0.5, seed=3):
        assert set(made.french.split()) == ({"f1"} if made.source == "x" else {"f2"})
        assert len(made.english.split()) == len(made.french.split()) == 24
