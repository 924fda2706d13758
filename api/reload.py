"""Following the index: a new index goes into service without a lost request."""

import asyncio
import threading

from api.live import LiveIndex
from api.logs import SERVICE
from api.metrics import Metrics
from embeddings import load_encoder
from embeddings.encoder import Encoder
from embeddings.errors import EncoderError
from rag.errors import IbidError, IndexUnreachable
from rag.location import expect_model, location_of
from rag.retriever import Retriever
from rag.settings import Settings

POLL_SECONDS = 1.0  # one small file or row a second costs nothing; a new index may wait a second
WARM_UP = "Qui a signé ?"  # any question: the first one loads and maps what the later ones use


class Follower:
    """Opens the current index, now and whenever there is another.

    Attributes:
        refused: why the newest index is not in service; None where it is.
        unreachable: whether the index in service lies where nobody answers now.

    """

    def __init__(self, settings: Settings, live: LiveIndex, metrics: Metrics) -> None:
        self.refused: str | None = None
        self.unreachable = False
        self._settings = settings
        self._location = location_of(settings)
        self._live = live
        self._metrics = metrics
        self._encoder: Encoder | None = None
        self._tried: str | None = None
        self._lock = threading.Lock()

    async def watch(self) -> None:
        """Look every second whether there is another index, for ever, in a thread of its own."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await asyncio.to_thread(self.follow)
            except Exception:
                # Whatever it was, following goes on: the next index may be sound.
                SERVICE.exception("index not opened")

    def follow(self) -> None:
        """Put the current index in service unless that was tried already."""
        with self._lock:
            try:
                pointer = self._location.pointer()
            except IndexUnreachable as error:
                if not self.unreachable:
                    SERVICE.error("index unreachable", extra={"fields": {"reason": _told(error)}})
                self.unreachable = True
                return
            self.unreachable = False
            if pointer != self._tried:
                self.refresh()

    def start(self) -> None:
        """Open the current index and put it in service.

        Raises:
            SnapshotError, IndexUnreachable, EncoderError: there is no index or model to serve.

        """
        self._tried = self._location.pointer()
        self.install(self._open())

    def refresh(self) -> None:
        """Open the current index; on a failure the older index goes on and `refused` says why."""
        try:
            self.start()
        except (IbidError, EncoderError) as error:
            if isinstance(error, IndexUnreachable):
                self._tried = None  # it may be sound, and is tried again
            self.refused = _told(error)
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
            expect_model(self._location, wanted.model)
            self._encoder = load_encoder(wanted.model, wanted.query_prefix, wanted.passage_prefix)
        return Retriever(self._location.open(self._encoder), self._encoder)


def _told(error: IbidError | EncoderError) -> str:
    return " ".join(part for part in (str(error), error.remedy) if part)
