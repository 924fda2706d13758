"""Copies: the same article in several outlets is one hit, and every outlet is listed with its date."""

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ask_reply import AskReply
from rag.candidates import DEPTH
from rag.copies import RUN, THRESHOLD, link_copies, resemblance, runs_of
from rag.documents import Document, Metadata, document_id
from rag.filters import Filters
from rag.reply import answer_as_json
from tests.library import Library
from tests.rag.labelled_pages import Page, read_pages

STORY = (
    "Le Luxembourg et le Maroc ont signé mardi à Rabat un accord de coopération dans le domaine numérique. "
    "Il prévoit des échanges d'experts, une formation commune et l'ouverture des données publiques. "
    "Le ministre délégué a conduit une délégation d'une cinquantaine d'entreprises, venues pour trois jours. "
    "Un comité se réunira deux fois par an pour suivre les projets et en proposer de nouveaux. "
    "La prochaine rencontre aura lieu au printemps à Luxembourg, en présence des deux chefs de gouvernement."
)
OTHER = "La production de phosphates repart à la hausse cette année, portée par la demande du Brésil."
PAGES = [page for page in read_pages("dev") if page.body]
words = st.lists(st.sampled_from(["un", "deux", "trois", "quatre", "cinq", "six"]), max_size=40)


def document(name: str, day: date | None = None, text: str = "x") -> Document:
    return Document(document_id(name), name, text, Metadata(published_on=day))


def body(page: Page) -> str:
    return "".join(c if i in page.body or c.isspace() else " " for i, c in enumerate(page.text))


def by_definition(one: str, other: str) -> float:
    """Broder's resemblance, on sets of tuples."""

    def runs(text: str) -> set[tuple[str, ...]]:
        found = re.findall(r"\w+", text.casefold())
        return {tuple(found[i : i + RUN]) for i in range(max(1, len(found) - RUN + 1))} if found else set()

    a, b = runs(one), runs(other)
    return len(a & b) / len(a | b) if a | b else 0.0


@given(words.map(" ".join), words.map(" ".join))
def test_resemblance_is_that_of_the_definition(one: str, other: str) -> None:
    assert resemblance(runs_of(one), runs_of(other)) == pytest.approx(by_definition(one, other))


@given(st.lists(words.map(" ".join), min_size=1, max_size=12))
def test_the_rare_runs_miss_no_copy_that_comparing_all_would_find(texts: list[str]) -> None:
    documents = [document(f"{i:02}") for i in range(len(texts))]
    found = [one.copy_of for one in link_copies(documents, texts)]
    originals: list[int] = []
    expected: list[str | None] = []
    for i, text in enumerate(texts):
        alike = [(by_definition(text, texts[j]), -j) for j in originals]
        best, place = max(alike, default=(0.0, 0))
        if best >= THRESHOLD:
            expected.append(documents[-place].id)
        else:
            expected.append(None)
            originals.append(i)
    assert found == expected


def test_different_pages_of_one_manner_are_no_copies() -> None:
    linked = link_copies([document(page.name) for page in PAGES], [body(page) for page in PAGES])
    assert [one.source for one in linked if one.copy_of] == []


@pytest.mark.parametrize("page", [p for p in PAGES if len(body(p).split()) > 100], ids=lambda page: page.name)
def test_a_copy_in_other_typography_with_a_credit_is_found(page: Page) -> None:
    text = body(page)
    copy = text.upper().replace("’", "'").replace("\u00a0", " ").replace("\n", "\r\n") + "\nAvec AFP."
    linked = link_copies([document("a"), document("b")], [text, copy])
    assert [one.copy_of for one in linked] == [None, document_id("a")]


def test_composed_and_decomposed_texts_are_copies() -> None:
    texts = [unicodedata.normalize(form, STORY) for form in ("NFC", "NFD")]
    assert texts[0] != texts[1]
    assert [one.copy_of for one in link_copies([document("a"), document("b")], texts)] == [
        None,
        document_id("a"),
    ]


def test_the_original_is_the_oldest_then_the_first_and_undated_ones_come_last() -> None:
    days = [None, date(2021, 3, 2), date(2021, 3, 1), date(2021, 3, 1)]
    documents = [document(name, day) for name, day in zip("abcd", days, strict=True)]
    found = [one.copy_of for one in link_copies(documents, [STORY] * 4)]
    original = document_id("c")
    assert found == [original, original, None, original]


def sidecar(library: Library, **outlets: str) -> None:
    tables = (
        f'["{name}.txt"]\noutlet = "{outlet}"\npublished_on = 2021-03-0{i}\n'
        for i, (name, outlet) in enumerate(outlets.items(), 1)
    )
    (library.articles / "articles.toml").write_text("\n".join(tables))


def test_copies_are_one_hit_and_every_outlet_is_listed_with_its_date(library: Library) -> None:
    library.write(c=STORY, a=STORY + " Avec l'agence.", b=STORY, d=OTHER)
    sidecar(library, b="Agence", c="Le Quotidien", a="L'Écho")
    report = library.index()
    assert report.copies == {"articles/b.txt": ("articles/a.txt", "articles/c.txt")}
    with library.retriever() as retriever:
        hits = retriever.ask("Que prévoit l'accord de coopération ?", 10).hits
    clusters = [{hit.source, *(one.source for one in hit.also_in)} for hit in hits]
    story = [cluster for cluster in clusters if "articles/d.txt" not in cluster]
    assert len({hit.source for hit in hits}) == 2
    assert all(one == {"articles/a.txt", "articles/b.txt", "articles/c.txt"} for one in story)
    (hit,) = [hit for hit in hits if hit.source != "articles/d.txt"]
    listed = [(one.metadata.outlet, one.metadata.published_on) for one in hit.also_in]
    own = (hit.metadata.outlet, hit.metadata.published_on)
    assert sorted([own, *listed], key=lambda pair: str(pair[1])) == [
        ("Agence", date(2021, 3, 1)),
        ("Le Quotidien", date(2021, 3, 2)),
        ("L'Écho", date(2021, 3, 3)),
    ]
    assert [day for _, day in listed] == sorted(day for _, day in listed if day)


def test_of_word_for_word_copies_the_oldest_is_the_one_cited(library: Library) -> None:
    library.write(a=STORY, b=STORY)
    sidecar(library, b="Agence", a="L'Écho")
    library.index()
    with library.retriever() as retriever:
        answer = retriever.ask("Que prévoit l'accord ?")
        (passage,) = AskReply.model_validate(answer_as_json(answer, retriever.snapshot, 0.0)).passages
    (hit,) = answer.hits
    assert (hit.source, [one.source for one in hit.also_in]) == ("articles/b.txt", ["articles/a.txt"])
    assert [one.model_dump() for one in passage.also_in] == [
        {
            "document_id": document_id("articles/a.txt"),
            "source": "articles/a.txt",
            "title": None,
            "outlet": "L'Écho",
            "published_on": date(2021, 3, 2),
            "url": None,
        }
    ]


def test_a_filter_finds_the_copy_of_its_outlet(library: Library) -> None:
    library.write(a=STORY, b=STORY)
    sidecar(library, a="Agence", b="L'Écho")
    library.index()
    with library.retriever() as retriever:
        (hit,) = retriever.ask("Que prévoit l'accord ?", filters=Filters(outlet=("L'Écho",))).hits
    assert (hit.metadata.outlet, [one.metadata.outlet for one in hit.also_in]) == ("L'Écho", ["Agence"])


def test_copies_beyond_the_depth_of_the_search_do_not_crowd_out_another_article(library: Library) -> None:
    library.write(other=OTHER, **{f"copy{i}": STORY for i in range(DEPTH + 5)})
    library.index()
    with library.retriever() as retriever:
        hits = retriever.ask("Que prévoit l'accord de coopération numérique ?", 2).hits
    assert [hit.source for hit in hits] == ["articles/copy0.txt", "articles/other.txt"]
    assert len(hits[0].also_in) == DEPTH + 4


def test_when_the_original_is_deleted_a_copy_takes_its_place(library: Library) -> None:
    library.write(a=STORY, b=STORY)
    library.index()
    (library.articles / "a.txt").unlink()
    library.index()
    with library.opened() as snapshot:
        (document,) = snapshot.documents()
        assert (document.source, document.copy_of) == ("articles/b.txt", None)
        assert (snapshot.originals(), snapshot.copies_of(document.id)) == ({}, [])
