"""An index in Milvus under bad addresses, foreign hands, interruptions and replacement."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pymilvus import MilvusClient

from embeddings import Encoder
from rag.errors import (
    BadConfiguration,
    IndexUnreachable,
    NoInput,
    SnapshotDamaged,
    SnapshotMismatch,
    SnapshotMissing,
)
from rag.evaluation.gold import load_gold
from rag.filters import Filters
from rag.indexing import build_index
from rag.location import location_of
from rag.milvus.connection import PATIENCE, Connection
from rag.milvus.generation import Generation, create_collections
from rag.retriever import Retriever
from rag.settings import Settings
from tests.api.conftest import Server, eventually, serving
from tests.api.problem_checks import assert_problem
from tests.conftest import SEEDS
from tests.letters import LetterEncoder
from tests.library import Library, new_library
from tests.milvus.engine import Engine, running
from tests.rag.conftest import Ibid

TEXT = "Le Maroc et le Luxembourg signent un accord."
QUESTION = {"question": "what did Luxembourg and Morocco sign?"}
SECRET = "Zanzibar"
NOBODY = "milvus://127.0.0.1:9/ibid"


def connection_of(library: Library) -> Connection:
    assert library.address
    return Connection(library.address, None)


def generation_of(library: Library) -> Generation:
    current = connection_of(library).current()
    assert current
    return current


def client_of(library: Library) -> MilvusClient:
    return connection_of(library).client


def test_where_no_article_is_left_the_collections_to_drop_are_named(library: Library) -> None:
    library.write(a=TEXT)
    library.index()
    (library.articles / "a.txt").unlink()
    with pytest.raises(NoInput, match=r"still answers \(articles: 1\)") as caught:
        library.index()
    name = connection_of(library).name
    assert f"drop the collections {name} and {name}_*" in caught.value.remedy
    for collection in client_of(library).list_collections():
        if collection == name or collection.startswith(f"{name}_"):
            client_of(library).drop_collection(collection)
    with pytest.raises(SnapshotMissing), library.opened():
        pass


def test_answers_are_those_of_an_index_on_a_disk(
    seeds_retriever: Retriever, seeds_data: Path, encoder: Encoder
) -> None:
    on_disk = Retriever(location_of(Settings(data=seeds_data)).open(encoder), encoder)
    same = whole = 0
    for question in load_gold(SEEDS / "gold.jsonl").questions:
        here, there = (
            {(hit.passage.document_id, hit.passage.span) for hit in retriever.ask(question.text, 10).hits}
            for retriever in (on_disk, seeds_retriever)
        )
        same += len(here & there)
        whole += len(here)
    assert same >= 0.95 * whole


def test_an_article_removed_is_nowhere_any_more(library: Library) -> None:
    library.write(a=TEXT, b=f"{SECRET} est une île.")
    library.index()
    old = generation_of(library)
    (library.articles / "b.txt").unlink()
    library.index()
    client, new = client_of(library), generation_of(library)
    assert new != old
    assert not {old.articles, old.passages, old.terms} & set(client.list_collections())
    rows = client.query(new.articles, filter="row >= -1", output_fields=["piece"])
    assert not [row for row in rows if SECRET in row["piece"]]
    terms = client.query(new.terms, filter="id >= 0", output_fields=["term"])
    assert not [row for row in terms if row["term"] == SECRET.lower()]


def test_a_run_that_changes_nothing_keeps_the_generation(library: Library) -> None:
    library.write(a=TEXT)
    library.index()
    before = generation_of(library)
    assert not library.index().rebuilt
    assert generation_of(library) == before


def test_a_long_article_and_hostile_names_come_back_as_they_were(library: Library) -> None:
    outlet = "L'Écho \"du\" \\ soir' or 1 == 1 --"
    long = " ".join(f"Phrase numéro {number} du très long article." for number in range(8_000))
    library.write(long=long, short=TEXT)
    (library.articles / "articles.toml").write_text(f"['short.txt']\noutlet = {_toml(outlet)}\n")
    library.index()
    with library.retriever() as retriever:
        index = retriever.snapshot
        assert {one.source.rpartition("/")[2]: one.text for one in index.documents()}["long.txt"] == long
        assert index.facets()["outlet"] == [outlet]
        found = retriever.ask("Maroc accord", filters=Filters(outlet=(outlet,)))
        assert {hit.metadata.outlet for hit in found.hits} == {outlet}
        assert not retriever.ask("Maroc accord", filters=Filters(outlet=('"] or ordinal in [0',))).hits


def _toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_nobody_at_the_address_is_told_with_the_remedy(tmp_path: Path, ibid: Ibid) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    commands: list[list[str]] = [
        ["index", str(tmp_path / "a.txt")],
        ["ask", "Maroc ?"],
        ["serve"],
        ["doctor"],
    ]
    with ThreadPoolExecutor(len(commands)) as pool:  # each waits for seconds
        all_ended = [pool.submit(ibid, *command, IBID_INDEX=NOBODY) for command in commands]
    for command, waited in zip(commands, all_ended, strict=True):
        ended = waited.result()
        assert ended.returncode == (1 if command == ["doctor"] else 69)
        assert NOBODY in ended.stderr + ended.stdout
        assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("address", ["milvus://127.0.0.1", "http://127.0.0.1:19530/ibid", "milvus://h:1/a b"])
def test_what_is_no_address_is_told_with_its_place(ibid: Ibid, address: str) -> None:
    ended = ibid("index", IBID_INDEX=address)
    assert ended.returncode == 78
    assert "IBID_INDEX" in ended.stderr


def test_the_command_line_indexes_and_asks(engine: Engine, tmp_path: Path, ibid: Ibid) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    address = engine.address("commands")
    # Embedded by a cluster of this machine alone.
    assert ibid("index", tmp_path / "a.txt", "--index", address, IBID_RAY="local").returncode == 0
    asked = ibid("ask", "Qui signe un accord ?", IBID_INDEX=address)
    assert asked.returncode == 0
    assert TEXT in asked.stdout
    assert address in ibid("verify", IBID_INDEX=address).stdout
    assert ibid("doctor", IBID_INDEX=address).returncode == 0
    assert ibid("index", IBID_INDEX=address).returncode == 0  # from the same paths as before


def test_before_the_first_run_there_is_no_index(library: Library) -> None:
    with pytest.raises(SnapshotMissing), library.opened():
        pass


def test_an_index_of_another_model_is_refused(library: Library) -> None:
    library.write(a=TEXT)
    library.index()
    other = replace(library, encoder=LetterEncoder(fingerprint="5d" * 32))
    with pytest.raises(SnapshotMismatch, match="made by the model"), other.opened():
        pass


def test_a_collection_of_somebody_else_is_left_alone(library: Library) -> None:
    client = client_of(library)
    name = connection_of(library).name
    client.create_collection(name, dimension=8)
    library.write(a=TEXT)
    with pytest.raises(BadConfiguration, match="not Ibid's"):
        library.index()
    assert client.has_collection(name)


@pytest.mark.parametrize("part", ["articles", "passages", "terms"])
def test_a_generation_that_lost_rows_or_a_collection_is_refused_and_made_again(
    library: Library, part: str
) -> None:
    library.write(a=TEXT, b="Un autre article. Il a deux phrases.")
    library.index()
    client, damaged = client_of(library), generation_of(library)
    collection: str = getattr(damaged, part)
    keys = {"articles": 'key == "-1.0"', "passages": "ordinal == 0", "terms": "id == 0"}
    client.delete(collection, filter=keys[part])
    with pytest.raises(SnapshotDamaged, match=collection), library.opened():
        pass
    client.drop_collection(collection)
    with pytest.raises(SnapshotDamaged, match=f"{collection} is missing"), library.opened():
        pass
    library.index()
    with library.retriever() as retriever:
        assert len(retriever.snapshot.documents()) == 2


def test_what_an_interrupted_run_left_is_swept(library: Library) -> None:
    library.write(a=TEXT)
    library.index()
    current = generation_of(library)
    left = Generation(current.name, current.number + 1)
    create_collections(client_of(library), left, 8, 8, PATIENCE)
    with library.retriever() as retriever:
        assert retriever.ask("Maroc ?").hits
    library.index()
    present = client_of(library).list_collections()
    assert left.passages not in present
    assert current.passages in present


def test_a_run_that_loses_its_connection_leaves_the_old_index_in_use(tmp_path: Path) -> None:
    with running(tmp_path) as engine:
        library = new_library(tmp_path, engine.address("lost"))
        library.write(a=TEXT)
        library.index()
        before = generation_of(library)
        library.write(b="Un autre article.")

        def lose(stage: str, done: int, total: int) -> None:
            if stage == "embedding" and done == total:
                engine.stop()

        with pytest.raises(IndexUnreachable):
            build_index([library.articles], library.settings, library.encoder, lose)
        engine.start()
        assert eventually(lambda: _answers(library))
        assert generation_of(library) == before
        with library.retriever() as retriever:
            assert len(retriever.snapshot.documents()) == 1
        library.index()
        with library.retriever() as retriever:
            assert len(retriever.snapshot.documents()) == 2


def _answers(library: Library) -> bool:
    try:
        return connection_of(library).current() is not None
    except IndexUnreachable:  # the channel waits a second before it tries again
        return False


def test_a_server_loses_no_request_while_the_index_is_replaced(
    engine: Engine, tmp_path: Path, encoder: Encoder
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_text(TEXT)
    settings = Settings(data=tmp_path / "data", index=engine.address("replaced"))
    build_index([articles], settings, encoder)
    with serving(settings.data, tmp_path, IBID_INDEX=str(settings.index)) as server, server.client() as http:
        seen: list[tuple[int, str]] = []
        stop = threading.Event()
        asker = threading.Thread(target=_ask_until, args=(server, stop, seen))
        asker.start()
        (articles / "b.txt").write_text(f"{SECRET} et le Maroc signent un traité.")
        wanted = build_index([articles], settings, encoder).index
        replaced = eventually(lambda: http.get("/readyz").json()["index"]["id"] == wanted)
        stop.set()
        asker.join()
        assert replaced
        assert {status for status, _ in seen} == {200}
        assert SECRET in http.post("/v1/ask", json={"question": f"{SECRET} ?"}).json()["passages"][0]["text"]


def _ask_until(server: Server, stop: threading.Event, seen: list[tuple[int, str]]) -> None:
    with server.client() as http:
        while not stop.is_set():
            reply = http.post("/v1/ask", json=QUESTION)
            seen.append((reply.status_code, reply.text))


def test_a_server_says_that_milvus_is_gone_and_goes_on_when_it_is_back(
    tmp_path: Path, encoder: Encoder
) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    with running(tmp_path) as engine:
        settings = Settings(data=tmp_path / "data", index=engine.address("gone"))
        build_index([tmp_path / "a.txt"], settings, encoder)
        given = {"IBID_INDEX": str(settings.index)}
        with serving(settings.data, tmp_path, **given) as server, server.client() as http:
            assert http.post("/v1/ask", json=QUESTION).status_code == 200
            engine.stop()
            reply = http.post("/v1/ask", json=QUESTION)
            assert reply.headers["retry-after"]
            assert_problem(reply, 503, "index-unreachable")
            assert eventually(lambda: http.get("/readyz").status_code == 503)
            assert http.get("/healthz").status_code == 200
            engine.start()
            assert eventually(lambda: http.get("/readyz").status_code == 200)
            assert http.post("/v1/ask", json=QUESTION).status_code == 200
