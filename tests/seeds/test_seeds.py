"""The seed articles are untouched, and every gold answer is a slice of one of them.

A line of `gold.jsonl` is one question: id, pair (the same question in English and French), question,
language, kind, split, answerable, answers; `difficulty` where it is answerable, `why` (the reason)
where it is not. Offsets are code points of the file decoded as UTF-8.
"""

import hashlib
import json
import tomllib
from collections import Counter, defaultdict
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

SEEDS = Path(__file__).parents[2] / "seeds"

SHA256 = {
    "000_52c0f5cf6a24ba28.txt": "5094021a6841b8dce37b0b9dfede70f4625ecdf203c49cbd6cecee871d194025",
    "001_c921288c79084d1e.txt": "b399af403d55e6f3fab9d335131a056cdb58fadfb922b409a51a170491c1ec7c",
    "002_d00a182ae5951432.txt": "8967327a1508b19fe270a4b2c8f0b7326dc7bb9b203cfc5545112e3807a768f9",
    "003_c6224de39e22ac40.txt": "1bb212524d806dc4cc563639ae133b4b206e8cb60179567de25a8f5b28295172",
    "004_380bf7469cb55997.txt": "3a11449198122ff6b3b7c2807350faeb78a3654a6b57f0c5edbe5b567edd362a",
}

# The article itself (title, lead, body) stands between these words; outside it: tickers, forms, teasers.
BODY = {
    "000_52c0f5cf6a24ba28.txt": ("Le Luxembourg et le Maroc signent", "Communiqué par:"),
    "001_c921288c79084d1e.txt": ("Maroc-Luxembourg :", "Cliquez ici pour lire"),
    "002_d00a182ae5951432.txt": ("La coopération maroco-portugaise", ""),
    "003_c6224de39e22ac40.txt": ("\nRenforcement de la coopération", "Laissez-nous vos commentaires"),
    "004_380bf7469cb55997.txt": ("USA-MAROC :", "Ne ratez plus aucune news"),
}
NOT_BODY = ("Publié dans", "Lire aussi", "Temps de lecture", "En Bref")

ANSWERABLE_KINDS = {"who", "what", "when", "where", "how-many", "why", "how", "quote", "yes-no"}
UNANSWERABLE_KINDS = {"near-miss", "outside-knowledge", "boilerplate"}
DIFFICULTIES = {"verbatim", "paraphrase", "inference", "multi-article"}
FIELDS = {"id", "pair", "question", "language", "kind", "split", "answerable", "answers"}

Question = dict[str, Any]
TEXTS = {name: (SEEDS / "articles" / name).read_bytes().decode("utf-8") for name in SHA256}
GOLD: list[Question] = [json.loads(line) for line in (SEEDS / "gold.jsonl").read_text("utf-8").splitlines()]
ANSWERABLE = [question for question in GOLD if question["answerable"]]
UNANSWERABLE = [question for question in GOLD if not question["answerable"]]
METADATA: dict[str, dict[str, Any]] = tomllib.loads((SEEDS / "articles.toml").read_text("utf-8"))


def pairs() -> dict[str, list[Question]]:
    """The questions by pair."""
    grouped: dict[str, list[Question]] = defaultdict(list)
    for question in GOLD:
        grouped[question["pair"]].append(question)
    return grouped


def file_name(answer: dict[str, Any]) -> str:
    """The article's file name in an answer's source."""
    return str(answer["source"]).removeprefix("articles/")


@pytest.mark.parametrize("name", SHA256)
def test_article_is_the_one_given(name: str) -> None:
    assert hashlib.sha256((SEEDS / "articles" / name).read_bytes()).hexdigest() == SHA256[name]


def test_there_are_no_other_articles() -> None:
    assert {path.name for path in (SEEDS / "articles").iterdir()} == set(SHA256)


def test_metadata_names_every_article_and_no_other() -> None:
    assert set(METADATA) == set(SHA256)


@pytest.mark.parametrize("name", SHA256)
def test_metadata_stands_in_the_article(name: str) -> None:
    stated = METADATA[name]
    assert stated["language"] == "fr"
    assert set(stated) <= {"title", "outlet", "published_on", "language"}
    if "title" in stated:
        assert stated["title"] in TEXTS[name].splitlines()
    if "outlet" in stated:
        assert any(
            f"{label} {stated['outlet']}" in TEXTS[name] for label in ("Publié dans", "Communiqué par:")
        )
    if "published_on" in stated:
        published: date = stated["published_on"]
        assert f"le {published:%d - %m - %Y}" in TEXTS[name]


def test_every_quote_stands_at_its_offsets() -> None:
    for question in ANSWERABLE:
        for answer in question["answers"]:
            text = TEXTS[file_name(answer)]
            assert text[answer["start"] : answer["end"]] == answer["quote"], question["id"]


def test_every_quote_is_part_of_the_article_itself() -> None:
    for question in ANSWERABLE:
        for answer in question["answers"]:
            name, quote = file_name(answer), answer["quote"]
            first, after = BODY[name]
            start = TEXTS[name].index(first)
            end = TEXTS[name].index(after, start) if after else len(TEXTS[name])
            assert start <= answer["start"] < answer["end"] <= end, question["id"]
            assert quote == quote.strip(), question["id"]
            assert "\n" not in quote, question["id"]
            assert not any(words in quote for words in NOT_BODY), question["id"]


def test_answers_to_one_question_do_not_overlap() -> None:
    for question in ANSWERABLE:
        for one, other in combinations(question["answers"], 2):
            apart = one["end"] <= other["start"] or other["end"] <= one["start"]
            assert one["source"] != other["source"] or apart, question["id"]


def test_document_ids_follow_from_the_sources() -> None:
    for question in ANSWERABLE:
        for answer in question["answers"]:
            assert file_name(answer) in SHA256
            assert answer["document_id"] == hashlib.sha256(answer["source"].encode()).hexdigest()[:16]


def test_ids_and_questions_are_unique() -> None:
    assert len({question["id"] for question in GOLD}) == len(GOLD)
    assert len({question["question"].casefold() for question in GOLD}) == len(GOLD)


def test_every_question_has_its_fields() -> None:
    for question in GOLD:
        assert question["language"] in {"en", "fr"}, question["id"]
        assert question["split"] in {"dev", "test"}, question["id"]
        assert question["question"].strip() == question["question"] != "", question["id"]
    for question in ANSWERABLE:
        assert set(question) == FIELDS | {"difficulty"}, question["id"]
        assert question["kind"] in ANSWERABLE_KINDS, question["id"]
        assert question["difficulty"] in DIFFICULTIES, question["id"]
        assert question["answers"], question["id"]
    for question in UNANSWERABLE:
        assert set(question) == FIELDS | {"why"}, question["id"]
        assert question["kind"] in UNANSWERABLE_KINDS, question["id"]
        assert question["why"], question["id"]
        assert question["answers"] == [], question["id"]


def test_multi_article_questions_have_answers_in_several_articles() -> None:
    for question in ANSWERABLE:
        articles = {answer["document_id"] for answer in question["answers"]}
        assert (question["difficulty"] == "multi-article") == (len(articles) > 1), question["id"]


def test_pairs_are_one_question_in_both_languages() -> None:
    for pair, questions in pairs().items():
        assert sorted(question["language"] for question in questions) == ["en", "fr"], pair
        english, french = questions
        for field in FIELDS - {"id", "question", "language"} | {"difficulty", "why"}:
            assert english.get(field) == french.get(field), (pair, field)


def test_the_halves_share_no_pair_and_no_answers() -> None:
    """Questions whose answers are the same quotes stand in the same half."""
    halves: dict[tuple[tuple[str, int], ...], set[str]] = defaultdict(set)
    for question in ANSWERABLE:
        spans = tuple((answer["source"], answer["start"]) for answer in question["answers"])
        halves[spans].add(question["split"])
    assert all(len(splits) == 1 for splits in halves.values())
    assert all(len({question["split"] for question in questions}) == 1 for questions in pairs().values())


def test_the_set_is_large_enough() -> None:
    for language in ("en", "fr"):
        assert sum(question["language"] == language for question in ANSWERABLE) >= 75
        assert sum(question["language"] == language for question in UNANSWERABLE) >= 30


def test_every_kind_difficulty_and_article_is_asked_about_in_both_halves() -> None:
    for split in ("dev", "test"):
        answerable = [question for question in ANSWERABLE if question["split"] == split]
        unanswerable = [question for question in UNANSWERABLE if question["split"] == split]
        assert {question["kind"] for question in answerable} == ANSWERABLE_KINDS
        assert {question["difficulty"] for question in answerable} == DIFFICULTIES
        kinds = Counter(question["kind"] for question in unanswerable)
        assert all(kinds[kind] >= 10 for kind in UNANSWERABLE_KINDS)
        articles = Counter(
            name for question in answerable for name in {file_name(answer) for answer in question["answers"]}
        )
        assert all(articles[name] >= 16 for name in SHA256)


def test_the_halves_are_halves() -> None:
    for questions in (ANSWERABLE, UNANSWERABLE):
        dev = sum(question["split"] == "dev" for question in questions)
        assert abs(2 * dev - len(questions)) <= 0.05 * len(questions)
