"""Filters restrict both searches: every hit satisfies them, and nothing that does is lost."""

from datetime import date, datetime

import pytest

from rag.answer import Answer
from rag.errors import BadData
from rag.filters import Filters, Spellings
from rag.listing import listed
from tests.library import Library
from tests.rag.conftest import LibraryIn

SIDECAR = """
["a.txt"]
outlet = "Le Matin"
published_on = 2019-09-25
language = "fr"
["b.txt"]
outlet = "Le Matin"
published_on = 2021-01-01
language = "fr"
["c.txt"]
outlet = "L’Écho‑du‑Soir"
language = "en"
"""


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory, library_in: LibraryIn) -> Library:
    library = library_in(tmp_path_factory.mktemp("dated"))
    library.write(
        a="Le Maroc signe un accord.", b="Le Maroc vote un accord.", c="Morocco signs an accord. Maroc."
    )
    (library.articles / "articles.toml").write_text(SIDECAR)
    library.index()
    return library


def ask(library: Library, filters: Filters) -> Answer:
    with library.retriever() as retriever:
        return retriever.ask("Maroc accord", 50, filters)


CASES = [
    (Filters(), "abc"),
    (Filters(published_from=date(2019, 9, 25)), "ab"),
    (Filters(published_to=date(2019, 9, 25)), "a"),
    (Filters(published_from=date(2019, 9, 26), published_to=date(2021, 1, 1)), "b"),
    (Filters(outlet=("L’Écho‑du‑Soir",)), "c"),
    (Filters(outlet=("L’Écho‑du‑Soir", "Le Matin")), "abc"),
    (Filters(language=("fr",)), "ab"),
    (Filters(language=("fr",), published_from=date(2020, 1, 1)), "b"),
]


@pytest.mark.parametrize(("filters", "names"), CASES)
def test_hits_are_of_the_articles_the_filters_describe(dated: Library, filters: Filters, names: str) -> None:
    sources = {hit.source for hit in ask(dated, filters).hits}
    assert sources == {f"articles/{name}.txt" for name in names}


@pytest.mark.parametrize(("filters", "names"), [*CASES, (Filters(outlet=("Nobody",)), "")])
def test_the_articles_listed_are_those_that_the_filters_describe(
    dated: Library, filters: Filters, names: str
) -> None:
    with dated.opened() as snapshot:
        sources = [document.source for document in listed(snapshot, filters)]
        one = snapshot.documents(1, 1)[0]
        assert [*listed(snapshot, Filters(document_id=(one.id,)))] == [one]
    assert sources == [f"articles/{name}.txt" for name in names]


@pytest.mark.parametrize(
    ("outlet", "names"),
    [
        ("le matin", "ab"),
        (" LE  MATIN", "ab"),
        ("L'Écho-du-Soir", "c"),
        ("l’echo–du\u2010SOIR", "c"),
        ("Ｌe Matin", "ab"),
    ],
)
def test_case_accents_and_typographic_signs_of_a_value_do_not_count(
    dated: Library, outlet: str, names: str
) -> None:
    answer = ask(dated, Filters(outlet=(outlet,)))
    assert {hit.source for hit in answer.hits} == {f"articles/{name}.txt" for name in names}
    assert not any("no article" in warning for warning in answer.warnings)
    assert {hit.source for hit in ask(dated, Filters(language=("FR",))).hits} == {
        hit.source for hit in ask(dated, Filters(language=("fr",))).hits
    }


def test_a_value_written_as_an_article_has_it_means_no_other() -> None:
    spellings = Spellings({"outlet": ["Le Pecheur", "Le Pêcheur"], "language": []})
    assert spellings.of(Filters(outlet=("Le Pêcheur",))).outlet == ("Le Pêcheur",)
    assert spellings.of(Filters(outlet=("LE PÊCHEUR",))).outlet == ("Le Pecheur", "Le Pêcheur")


@pytest.mark.parametrize("written", ["l echo du soir", "L'ECHO DU SOIR", "l’écho-du-soir"])
def test_of_an_outlet_letters_alone_count(written: str) -> None:
    spellings = Spellings({"outlet": ["L’Écho‑du‑Soir", "!!!"], "language": []})
    assert spellings.of(Filters(outlet=(written, "!!!"))).outlet == ("L’Écho‑du‑Soir", "!!!")


def test_a_value_that_no_article_has_is_told_with_some_that_articles_have(dated: Library) -> None:
    answer = ask(dated, Filters(outlet=("L’Écho‑du‑Soir", "Nobody"), language=("de",)))
    assert answer.hits == ()
    told = [warning for warning in answer.warnings if "no article" in warning]
    assert told == [
        "no article has the outlet 'Nobody'; known are 'Le Matin', 'L’Écho‑du‑Soir'",
        "no article has the language 'de'; known are 'en', 'fr'",
    ]
    assert ask(dated, Filters(outlet=("L’Écho‑du‑Soir", "Nobody"))).hits


def test_days_that_hold_none_are_refused() -> None:
    with pytest.raises(BadData, match="2020-01-02, is after the last, 2020-01-01"):
        Filters(published_from=date(2020, 1, 2), published_to=date(2020, 1, 1))


def test_a_document_is_asked_for_by_its_id(dated: Library) -> None:
    with dated.opened() as snapshot:
        chosen = snapshot.documents()[1]
    assert {hit.source for hit in ask(dated, Filters(document_id=(chosen.id,))).hits} == {chosen.source}


def test_a_filter_changes_no_score(dated: Library) -> None:
    every = {hit.source: hit.score for hit in ask(dated, Filters()).hits}
    some = {hit.source: hit.score for hit in ask(dated, Filters(language=("fr",))).hits}
    assert some == {source: every[source] for source in some}


@pytest.mark.parametrize(
    ("filters", "warnings"),
    [
        (Filters(published_from=date(2020, 1, 1)), ("1 article has no date and was left out",)),
        (Filters(published_to=date(2000, 1, 1)), ("1 article has no date and was left out",)),
        (Filters(published_to=date(2020, 1, 1), language=("fr",)), ()),
        (Filters(language=("en",)), ()),
    ],
)
def test_a_filter_of_days_tells_how_many_articles_it_leaves_out_for_want_of_a_date(
    dated: Library, filters: Filters, warnings: tuple[str, ...]
) -> None:
    assert tuple(one for one in ask(dated, filters).warnings if "no date" in one) == warnings


@pytest.mark.parametrize("filters", [Filters(outlet=("Nobody",)), Filters(published_from=date(2030, 1, 1))])
def test_filters_that_no_article_satisfies_leave_no_hit_and_say_so(dated: Library, filters: Filters) -> None:
    answer = ask(dated, filters)
    assert (answer.hits, answer.answerable, answer.confidence) == ((), False, 0)
    assert answer.reason


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({"published_from": "2019-09-25"}, "datetime.date"),
        ({"published_to": datetime(2019, 9, 25)}, "datetime.date"),
        ({"outlet": "Le Matin"}, "('Le Matin',)"),
        ({"language": "fr"}, "('fr',)"),
    ],
)
def test_a_value_of_another_type_is_refused_with_what_to_give(given: dict[str, object], remedy: str) -> None:
    with pytest.raises(
        BadData, match=repr(*given.values()).replace("(", r"\(").replace(")", r"\)")
    ) as refused:
        Filters(**given)  # type: ignore[arg-type]
    assert remedy in (refused.value.remedy or "")


@pytest.mark.parametrize("first", [None, date(2019, 9, 25), date(2020, 1, 1)])
@pytest.mark.parametrize("last", [None, date(2020, 1, 1), date(2021, 1, 1)])
@pytest.mark.parametrize("outlet", [(), ("Le Matin",), ("Le Matin", "L’Écho‑du‑Soir"), ("Nobody",)])
@pytest.mark.parametrize("language", [(), ("fr",), ("de",)])
def test_what_is_listed_is_what_a_search_finds_among(
    dated: Library, first: date | None, last: date | None, outlet: tuple[str, ...], language: tuple[str, ...]
) -> None:
    filters = Filters(first, last, outlet, language)
    with dated.opened() as snapshot:
        assert len([*listed(snapshot, filters)]) == snapshot.matching(filters)
