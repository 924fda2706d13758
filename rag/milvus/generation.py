"""The collections of an index in Milvus.

<name>                          one row: the generation in use; the newest counts
<name>_<generation>_articles    the articles, and the manifest, as JSON in pieces
<name>_<generation>_passages    vectors, terms, and what filters ask for
<name>_<generation>_terms       the vocabulary: terms with their vectors

A generation is written aside and never changed; one inserted row puts it in use. An alias would do the
same, but the engine that fits in a process has none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pymilvus import DataType, MilvusClient

# Bytes of a VARCHAR, at most, as Milvus has it.
LONGEST = 65_535
# Milvus wants a vector in every collection.
UNUSED = "unused"
NO_VECTOR = [0.0, 0.0]
# Opening waits for all that was written before; questions need not: what they search is never changed.
STRONG, BOUNDED = "Strong", "Bounded"

Options = dict[str, Any]
Fields = list[tuple[str, DataType, Options]]


@dataclass(frozen=True, slots=True)
class Generation:
    """One state of an index: the name of the index, and when it was made in microseconds."""

    name: str
    number: int

    @property
    def articles(self) -> str:
        """Return the name of the collection of articles."""
        return f"{self.name}_{self.number}_articles"

    @property
    def passages(self) -> str:
        """Return the name of the collection of passages."""
        return f"{self.name}_{self.number}_passages"

    @property
    def terms(self) -> str:
        """Return the name of the collection of terms."""
        return f"{self.name}_{self.number}_terms"

    @property
    def collections(self) -> tuple[str, str, str]:
        """Return the names of all of them."""
        return self.articles, self.passages, self.terms


def generations(name: str, collections: Iterable[str]) -> set[Generation]:
    """Return the generations of an index that any of these collections belongs to."""
    pattern = re.compile(rf"{re.escape(name)}_(\d+)_(articles|passages|terms)")
    return {Generation(name, int(match[1])) for one in collections if (match := pattern.fullmatch(one))}


def create_catalogue(client: MilvusClient, name: str, timeout: float) -> None:
    """Create the collection that says which generation is in use."""
    fields: Fields = [("generation", DataType.INT64, {"is_primary": True}), _unused()]
    _create(client, name, fields, {UNUSED: "IP"}, timeout)


def create_collections(
    client: MilvusClient, generation: Generation, dimension: int, of_words: int, timeout: float
) -> None:
    """Create the empty collections of a generation, for vectors of these dimensions."""
    text: Options = {"max_length": LONGEST}
    articles: Fields = [
        ("key", DataType.VARCHAR, {"is_primary": True, "max_length": 100}),
        ("row", DataType.INT64, {}),
        ("part", DataType.INT64, {}),
        ("id", DataType.VARCHAR, text),
        ("original", DataType.INT64, {}),
        ("piece", DataType.VARCHAR, text),
        _unused(),
    ]
    _create(client, generation.articles, articles, {UNUSED: "IP"}, timeout)
    passages: Fields = [
        ("ordinal", DataType.INT64, {"is_primary": True}),
        ("document", DataType.INT64, {}),
        *((name, DataType.VARCHAR, text) for name in ("document_id", "language", "outlet", "title")),
        ("published_on", DataType.VARCHAR, {"max_length": 10}),
        ("boilerplate", DataType.BOOL, {}),
        ("record", DataType.JSON, {}),
        ("vector", DataType.FLOAT_VECTOR, {"dim": dimension}),
        ("terms", DataType.SPARSE_FLOAT_VECTOR, {}),
    ]
    _create(client, generation.passages, passages, {"vector": "IP", "terms": "IP"}, timeout)
    terms: Fields = [
        ("id", DataType.INT64, {"is_primary": True}),
        ("field", DataType.VARCHAR, {"max_length": 10}),
        ("term", DataType.VARCHAR, text),
        ("frequency", DataType.INT64, {}),
        ("vector", DataType.FLOAT_VECTOR, {"dim": of_words}),
    ]
    _create(client, generation.terms, terms, {"vector": "IP"}, timeout)


def _unused() -> tuple[str, DataType, Options]:
    return UNUSED, DataType.FLOAT_VECTOR, {"dim": len(NO_VECTOR)}


def _create(
    client: MilvusClient,
    name: str,
    fields: Fields,
    metrics: dict[str, str],
    timeout: float,
) -> None:
    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    indices = client.prepare_index_params()
    for field, kind, options in fields:
        schema.add_field(field, kind, **options)
        if field in metrics:
            kinds = {DataType.SPARSE_FLOAT_VECTOR: "SPARSE_INVERTED_INDEX"}
            indices.add_index(field, index_type=kinds.get(kind, "AUTOINDEX"), metric_type=metrics[field])
    client.create_collection(name, schema=schema, consistency_level=BOUNDED, timeout=timeout)
    # Of an empty collection they are there at once; pymilvus would sleep half a second for each.
    client.create_index(name, indices, timeout=timeout, sync=False)
    client.load_collection(name, timeout=timeout)
