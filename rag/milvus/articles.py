"""Articles in Milvus: JSON, cut into pieces that a column takes."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from rag.documents import Document
from rag.errors import SnapshotDamaged
from rag.manifest import REBUILD
from rag.milvus.connection import PATIENCE, Connection, Row
from rag.milvus.generation import BOUNDED, LONGEST, NO_VECTOR, STRONG, UNUSED, Generation
from rag.store import document_of, document_values

# The row of what is known of the whole, which no article has.
ABOUT = -1
AT_ONCE = 100
NO_COPY = -1


def about_rows(fields: dict[str, Any]) -> Iterator[Row]:
    """Yield the rows of what is known of the whole index: the manifest and more."""
    return _pieces(ABOUT, "", NO_COPY, fields)


def article_rows(documents: Sequence[Document]) -> Iterator[Row]:
    """Yield the rows of articles, in the given order."""
    places = {document.id: row for row, document in enumerate(documents)}
    copied = {document.copy_of for document in documents}
    for row, document in enumerate(documents):
        original = document.copy_of or (document.id if document.id in copied else None)
        yield from _pieces(
            row, document.id, places[original] if original else NO_COPY, document_values(document)
        )


def _pieces(row: int, identity: str, original: int, values: object) -> Iterator[Row]:
    # In ASCII a character is a byte, and a lone surrogate is none.
    whole = json.dumps(values)
    for part, start in enumerate(range(0, len(whole), LONGEST)):
        yield {
            "key": f"{row}.{part}",
            "row": row,
            "part": part,
            "id": identity,
            "original": original,
            "piece": whole[start : start + LONGEST],
            UNUSED: NO_VECTOR,
        }


def read_about(connection: Connection, generation: Generation) -> dict[str, Any]:
    """Return what `about_rows` was given, nothing where it is not there.

    Raises:
        IndexUnreachable: Milvus does not answer.
        SnapshotDamaged: a collection of the generation is missing.

    """
    with connection.reaching():
        present = connection.client.list_collections(timeout=PATIENCE)
    for collection in generation.collections:
        if collection not in present:
            raise SnapshotDamaged(f"{connection.address}: {collection} is missing", REBUILD)
    fields: dict[str, Any] = dict(_read(connection, generation, f"row == {ABOUT}", STRONG)).get(ABOUT, {})
    return fields


def read_articles(
    connection: Connection, generation: Generation, condition: str
) -> list[tuple[int, Document]]:
    """Return the articles that satisfy a condition, with their rows, in order. Raises IndexUnreachable."""
    return [(row, document_of(values)) for row, values in _read(connection, generation, condition)]


def read_stretch(connection: Connection, generation: Generation, first: int, end: int) -> list[Document]:
    """Return the articles of some rows, the end not among them. Raises IndexUnreachable."""
    found: list[Document] = []
    for start in range(first, end, AT_ONCE):
        within = f"row >= {start} and row < {min(start + AT_ONCE, end)}"
        found += [document for _, document in read_articles(connection, generation, within)]
    return found


def read_originals(connection: Connection, generation: Generation) -> dict[int, int]:
    """Return for the row of each article that has copies, or is one, the row of the original."""
    found = connection.rows(generation.articles, f"original > {NO_COPY} and part == 0", ["row", "original"])
    return {row["row"]: row["original"] for row in found}


def _read(
    connection: Connection, generation: Generation, condition: str, level: str = BOUNDED
) -> Iterator[tuple[int, Any]]:
    found = connection.rows(generation.articles, condition, ["row", "part", "piece"], level)
    found.sort(key=lambda piece: (piece["row"], piece["part"]))
    for row, pieces in groupby(found, key=lambda piece: int(piece["row"])):
        yield row, json.loads("".join(piece["piece"] for piece in pieces))
