"""Filters restrict both searches: every hit satisfies them, and nothing that does is lost."""

from datetime import date

import pytest

from rag.answer import Answer
from rag.filters import Filters
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
outlet = "The Post"
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
    (Filters(outlet=("The Post",)), "c"),
    (Filters(outlet=("The Post", "Le Matin")), "abc"),
    (Filters(language=("fr",)), "ab"),
    (Filters(language=("fr",), published_from=date(2020, 1, 1)), "b"),
]


@pytest.mark.parametrize(("filters", "names"), CASES)
def test_hits_are_of_the_articles_the_filters_describe(dated: Library, filters: Filters, names: str) -> None:
    sources = {hit.source for hit in ask(dated, filters).hits}
    assert sources == {f"articles/{name}.txt" for name in names}


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
