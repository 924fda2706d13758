"""A connection to Milvus: every call with a time limit, every failure one clear error."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import grpc
from pydantic import SecretStr
from pymilvus import MilvusClient
from pymilvus.exceptions import MilvusException

from rag.errors import BadConfiguration, IndexUnreachable, SnapshotDamaged
from rag.manifest import REBUILD
from rag.milvus.generation import BOUNDED, STRONG, Generation

# Seconds; pymilvus tries again within it where a call may be repeated.
PATIENCE = 10.0
# Rows fetched or sent at once: with their vectors a few megabytes, far below what gRPC carries.
AT_ONCE = 1000

# pymilvus pings an idle server every ten seconds, which gRPC's servers end the connection for.
CHANNEL = {"grpc.keepalive_permit_without_calls": 0, "grpc.keepalive_time_ms": 60_000}

Row = dict[str, Any]

# It logs every failed call with a traceback, and raises as well.
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)


class Connection:
    """Milvus at an address, `milvus://HOST:PORT/NAME`.

    Raises:
        IndexUnreachable: nothing answers there.

    """

    def __init__(self, address: str, token: SecretStr | None) -> None:
        parts = urlsplit(address)
        self.address = address
        self.name = parts.path.removeprefix("/")
        secret = token.get_secret_value() if token else ""
        with self.reaching():
            self.client = MilvusClient(
                uri=f"http://{parts.netloc}", token=secret, timeout=PATIENCE, grpc_options=CHANNEL
            )

    @contextmanager
    def reaching(self) -> Iterator[None]:
        """Turn every failure of Milvus into one error. Raises IndexUnreachable."""
        try:
            yield
        except (MilvusException, grpc.RpcError) as error:
            reason = error.message if isinstance(error, MilvusException) else error
            message = f"{self.address} does not answer as it should ({reason})"
            raise IndexUnreachable(message, "start Milvus there, or correct IBID_INDEX") from None

    def current(self) -> Generation | None:
        """Return the generation in use; None where there is none.

        Raises:
            IndexUnreachable: Milvus does not answer.
            BadConfiguration: a collection of this name is somebody else's.

        """
        with self.reaching():
            if not self.client.has_collection(self.name, timeout=PATIENCE):
                return None
            known = self.client.describe_collection(self.name, timeout=PATIENCE)
        if [field["name"] for field in known["fields"]][:1] != ["generation"]:
            message = f"{self.address}: a collection of this name is there, and not Ibid's"
            raise BadConfiguration(message, "choose another name in IBID_INDEX")
        found = self.rows(self.name, "generation >= 0", ["generation"], STRONG)
        return max((Generation(self.name, row["generation"]) for row in found), key=_number, default=None)

    def rows(self, collection: str, condition: str, fields: Sequence[str], level: str = BOUNDED) -> list[Row]:
        """Return the rows of a collection; at the level `STRONG` all that was ever written are seen.

        Raises:
            IndexUnreachable: Milvus does not answer.

        """
        with self.reaching():
            found = self.client.query(
                collection,
                filter=condition,
                output_fields=list(fields),
                consistency_level=level,
                timeout=PATIENCE,
            )
        return list(found)

    def rows_by_number(self, collection: str, field: str, count: int, fields: Sequence[str]) -> Iterator[Row]:
        """Yield the rows numbered 0 to `count` in order.

        Raises:
            IndexUnreachable: Milvus does not answer.
            SnapshotDamaged: a row is missing.

        """
        for start in range(0, count, AT_ONCE):
            condition = f"{field} >= {start} and {field} < {start + AT_ONCE}"
            found = self.rows(collection, condition, [field, *fields], STRONG)
            found.sort(key=lambda row: int(row[field]))
            if [row[field] for row in found] != list(range(start, min(start + AT_ONCE, count))):
                raise SnapshotDamaged(f"{self.address}: {collection} is not whole", REBUILD)
            yield from found

    def count(self, collection: str) -> int:
        """Return the number of rows, all that was ever written counted. Raises IndexUnreachable."""
        return int(self.rows(collection, "", ["count(*)"], STRONG)[0]["count(*)"])

    def close(self) -> None:
        """End the connection."""
        self.client.close()


def _number(generation: Generation) -> int:
    return generation.number
