"""Following CURRENT: a new index goes into service without a lost request."""

import asyncio
from pathlib import Path

from api.live import LiveIndex
from api.logs import SERVICE
from api.metrics import Metrics
from embeddings import load_encoder
from embeddings.encoder import Encoder
from embeddings.errors import EncoderError
from rag.errors import IbidError
from rag.retriever import Retriever
from rag.settings import Settings
from rag.snapshot import CURRENT, open_current

POLL_SECONDS = 1.0  # reading one small file a second costs nothing; a new index may wait a second
WARM_UP = "Qui a signé ?"  # any question: the first one loads and maps what the later ones use


class Follower:
    """Opens the index that CURRENT names, now and whenever it changes.

    Attributes:
        refused: why the newest index is not in service; None where it is.

    """

    def __init__(self, settings: Settings, live: LiveIndex, metrics: Metrics) -> None:
        self.refused: str | None = None
        self._settings = settings
        self._live = live
        self._metrics = metrics
        self._encoder: Encoder | None = None
        self._tried: str | None = None

    async def watch(self) -> None:
        """Look at CURRENT every second, for ever; opening happens in a thread of its own."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if self._current() == self._tried:
                continue
            try:
                await asyncio.to_thread(self.refresh)
            except Exception:
                # Whatever it was, following goes on: the next index may be sound.
                SERVICE.exception("index not opened")

    def start(self) -> None:
        """Open what CURRENT names and put it in service.

        Raises:
            SnapshotError, EncoderError: there is no index or model to serve.

        """
        self._tried = self._current()
        self.install(self._open())

    def refresh(self) -> None:
        """Open what CURRENT names; on a failure the older index goes on and `refused` says why."""
        try:
            self.start()
        except (IbidError, EncoderError) as error:
            self.refused = " ".join(part for part in (str(error), error.remedy) if part)
            SERVICE.error("index refused", extra={"fields": {"reason": self.refused}})
        else:
            self.refused = None

    def install(self, retriever: Retriever) -> None:
        """Warm up a retriever and put it in service."""
        retriever.ask(WARM_UP)
        self._live.replace(retriever)
        self._metrics.describe_index(retriever.snapshot)
        SERVICE.info("index in service", extra={"fields": {"index": retriever.snapshot.id}})

    def _open(self) -> Retriever:
        if self._encoder is None:
            wanted = self._settings
            self._encoder = load_encoder(wanted.model, wanted.query_prefix, wanted.passage_prefix)
        return Retriever(open_current(self._settings.data, self._encoder), self._encoder)

    def _current(self) -> str | None:
        try:
            return Path(self._settings.data, CURRENT).read_text("utf-8", "replace")
        except OSError:
            return None
