"""Passages embedded by all machines of a Ray cluster, for corpora that one machine would take days for."""

import os
import socket
from collections.abc import Sequence
from typing import Any

import numpy as np

from embeddings.encoder import Encoder, Vectors
from embeddings.errors import EncoderError, MissingExtra
from embeddings.lexicon import Lexicon
from embeddings.loading import load_encoder

# Texts given to a machine at a time: the cache stores 256 at once, so that eight machines have work.
AT_ONCE = 32
LOCAL = "local"
SECONDS_TO_CONNECT = 5


class RayEncoder:
    """An encoder whose passages are embedded on every machine of a cluster; see `embeddings.encoder.Encoder`.

    Questions are embedded here. Close it, or use it in a `with` statement.

    Args:
        encoder: the same encoder here.
        address: of the cluster, as `ray.init` takes it, or `local` for a cluster of this machine alone.
        made_with: the arguments of `load_encoder` that made it, for the other machines.

    Raises:
        MissingExtra: Ray is not installed.
        EncoderError: no cluster answers there, or a machine of it has another model under this name.

    """

    def __init__(self, encoder: Encoder, address: str, made_with: Sequence[str | None]) -> None:
        self._encoder = encoder
        self.name, self.fingerprint, self.dimension = encoder.name, encoder.fingerprint, encoder.dimension
        self.languages, self.prefixes = encoder.languages, encoder.prefixes
        self.lexicon: Lexicon | None = encoder.lexicon
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # before the import: nothing is sent anywhere
        try:
            import ray
            from ray.util import ActorPool
            from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
        except ImportError:
            raise MissingExtra("the extra 'ray' is not installed", "pip install 'ibid[ray]'") from None
        self._ray = ray
        try:
            _knock(address)
            ray.init(**_options(address))
            machine = ray.remote(num_cpus=0, max_restarts=3, max_task_retries=3)(_Machine)
            machines: list[Any] = [
                machine.options(
                    scheduling_strategy=NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
                ).remote(*made_with)
                for node in ray.nodes()  # type: ignore[no-untyped-call]
                if node["Alive"]
            ]
            found = ray.get([one.fingerprint.remote() for one in machines])
        except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
            self.close()
            message = f"Ray at {address!r}: {error}"
            raise EncoderError(message, "start Ray there, or correct IBID_RAY") from None
        if set(found) != {self.fingerprint}:
            self.close()
            message = f"Ray at {address!r}: not every machine has the same model {self.name!r}"
            raise EncoderError(message, "install the same Ibid and model on all of them")
        self._pool = ActorPool(machines)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions, here."""
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode passages, on all machines at once.

        Raises:
            EncoderError: the cluster was lost.

        """
        parts = [list(texts[start : start + AT_ONCE]) for start in range(0, len(texts), AT_ONCE)]
        try:
            # In the given order, whichever is ready first.
            found = list(self._pool.map(lambda machine, part: machine.encode.remote(part), parts))
        except self._ray.exceptions.RayError as error:
            message = f"the Ray cluster was lost ({type(error).__name__})"
            raise EncoderError(message, "run again: what is embedded is kept") from None
        return np.concatenate([np.zeros((0, self.dimension), dtype=np.float32), *found])

    def close(self) -> None:
        """Leave the cluster."""
        self._ray.shutdown()

    def __enter__(self) -> "RayEncoder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Machine:
    """One of the cluster, with the model loaded; on it every core embeds."""

    def __init__(self, *made_with: str | None) -> None:
        self._encoder = load_encoder(*made_with)  # type: ignore[arg-type]

    def fingerprint(self) -> str:
        return self._encoder.fingerprint

    def encode(self, texts: list[str]) -> Vectors:
        return self._encoder.encode_passages(texts)


def _knock(address: str) -> None:
    """Look whether anybody is there, which Ray itself gives up after five minutes. Raises OSError."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), SECONDS_TO_CONNECT).close()


def _options(address: str) -> dict[str, Any]:
    common: dict[str, Any] = {"include_dashboard": False, "logging_level": "ERROR", "log_to_driver": False}
    # Alone, it is reached from this machine only.
    return common | ({"_node_ip_address": "127.0.0.1"} if address == LOCAL else {"address": address})
