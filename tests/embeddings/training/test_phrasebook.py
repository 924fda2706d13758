"""The project's own phrases are whole sentences, the same on every run."""

from embeddings.training.phrasebook import glossary, rows, sentences


def test_every_template_is_filled_in_both_languages() -> None:
    made = sentences(len(rows("templates.tsv")) * 3, seed=4)
    assert not [
        pair for pair in made if "{" in pair.english + pair.french or "}" in pair.english + pair.french
    ]
    assert all(pair.english[0].isupper() and pair.french[0].isupper() for pair in made)


def test_a_seed_gives_the_same_sentences_again() -> None:
    assert sentences(60, seed=4) == sentences(60, seed=4) != sentences(60, seed=5)


def test_countries_have_every_form() -> None:
    assert {len(row) for row in rows("countries.tsv")} == {9}


def test_the_glossary_drops_the_infinitive_mark() -> None:
    pairs = {(pair.english, pair.french) for pair in glossary()}
    assert ("eat", "manger") in pairs
    assert not [english for english, _ in pairs if english.startswith("to ")]
