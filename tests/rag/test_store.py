"""What is written to the store is what is read from it, in the same order."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.documents import Document, Metadata, SetAside, document_id
from rag.filters import Filters
from rag.passages import Passage, cut_passages
from rag.spans import Span
from rag.store import NAME, Store, write_store
from tests.awkward import texts

words = st.none() | st.text(min_size=1, max_size=20)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(texts.map(lambda text: text.replace("\0", "")))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    return Document(
        id=document_id(draw(st.uuids().map(str))),
        source=draw(st.text(min_size=1, max_size=20)),
        text=text,
        metadata=Metadata(
            draw(words), draw(words), draw(st.none() | st.dates()), draw(words), draw(words), draw(words)
        ),
        set_aside=tuple(
            SetAside(Span(*pair), "teaser") for pair in zip(edges[::2], edges[1::2], strict=False)
        ),
        notes=tuple(draw(st.lists(st.text(max_size=10), max_size=2))),
    )


@settings(max_examples=40)
@given(st.lists(documents(), max_size=4, unique_by=lambda document: document.id))
def test_documents_and_passages_are_read_as_written(
    tmp_path_factory: pytest.TempPathFactory, written: list[Document]
) -> None:
    path = tmp_path_factory.mktemp("store") / NAME
    passages = [passage for document in written for passage in cut_passages(document, 20)]
    write_store(path, written, passages)
    store = Store(path)
    assert store.documents(0, 100) == written
    first_sentence = 0
    for ordinal, passage in enumerate(passages):
        assert store.passage(ordinal) == passage
        (place,) = store.places_of([ordinal])
        assert (place.first_sentence, place.sentences) == (first_sentence, len(passage.sentences))
        first_sentence += len(passage.sentences)
    for document in written:
        assert store.document(document.id) == document
        assert store.passages_of(document.id) == [p for p in passages if p.document_id == document.id]
    store.close()


DOCUMENTS = [
    Document("a" * 16, "a.txt", "A.", Metadata("T", "Le Matin", date(2019, 9, 25), "fr")),
    Document("b" * 16, "b.txt", "B.", Metadata("T", "L'Économiste", date(2020, 1, 1), "fr")),
    Document("c" * 16, "c.txt", "C.", Metadata("T", None, None, "en")),
    Document("d" * 16, "d.txt", "D.", Metadata("T", "Le Matin", date(2021, 12, 31), None)),
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    passages = [Passage(d.id, Span(0, 2), (Span(0, 2),), boilerplate=n == 3) for n, d in enumerate(DOCUMENTS)]
    write_store(tmp_path / NAME, DOCUMENTS, passages)
    return Store(tmp_path / NAME)


FILTERS = [
    (Filters(), [0, 1, 2, 3]),
    (Filters(published_from=date(2019, 9, 25)), [0, 1, 3]),
    (Filters(published_from=date(2019, 9, 26)), [1, 3]),
    (Filters(published_to=date(2020, 1, 1)), [0, 1]),
    (Filters(published_from=date(2020, 1, 1), published_to=date(2020, 1, 1)), [1]),
    (Filters(outlet=("Le Matin",)), [0, 3]),
    (Filters(outlet=("Le Matin", "L'Économiste")), [0, 1, 3]),
    (Filters(outlet=("le matin",)), []),
    (Filters(outlet=("' OR 1=1 --",)), []),
    (Filters(language=("en",)), [2]),
    (Filters(language=("en", "fr"), outlet=("Le Matin",)), [0]),
    (Filters(document_id=("d" * 16, "a" * 16)), [0, 3]),
    (Filters(document_id=("\udcff",)), []),
]


@pytest.mark.parametrize(("filters", "rows"), FILTERS)
def test_a_filter_keeps_the_documents_it_describes(store: Store, filters: Filters, rows: list[int]) -> None:
    assert store.rows_matching(filters) == rows


def test_parts_set_aside_are_left_out_unless_wanted(store: Store) -> None:
    assert store.ordinals_of([3, 0], boilerplate=False) == [0]
    assert store.ordinals_of([3, 0], boilerplate=True) == [0, 3]
    assert store.ordinals_of([], boilerplate=True) == []


def test_pages_of_documents_follow_each_other(store: Store) -> None:
    pages = [store.documents(offset, 3) for offset in (0, 3, 6)]
    assert [document for page in pages for document in page] == DOCUMENTS


def test_facets_are_the_values_present_sorted(store: Store) -> None:
    assert store.facets() == {"outlet": ["L'Économiste", "Le Matin"], "language": ["en", "fr"]}


def test_where_each_passage_stands_is_told(store: Store) -> None:
    places = store.places_of([2, 0, 3])
    assert [(place.ordinal, place.document, place.language) for place in places] == [
        (0, 0, "fr"),
        (2, 2, "en"),
        (3, 3, None),
    ]
    assert [(place.title, place.published_on) for place in places][:2] == [("T", "2019-09-25"), ("T", None)]


def test_an_unknown_document_is_none(store: Store) -> None:
    assert store.document("0" * 16) is None
    assert store.passages_of("0" * 16) == []


def test_a_store_cannot_be_written_through_a_reader(tmp_path: Path, store: Store) -> None:
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store._database.execute("DELETE FROM documents")
    assert (tmp_path / NAME).read_bytes() == before


def test_a_path_with_marks_of_addresses_is_opened(tmp_path: Path) -> None:
    folder = tmp_path / "a b?c#d%20é"
    folder.mkdir()
    write_store(folder / NAME, DOCUMENTS, [])
    assert len(Store(folder / NAME).documents(0, 9)) == len(DOCUMENTS)


def test_two_documents_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        write_store(tmp_path / NAME, [DOCUMENTS[0], DOCUMENTS[0]], [])
