"""Ibid from Python: the same methods and records, over HTTP or in this process.

with Ibid("http://127.0.0.1:8000") as ibid:
    for passage in ibid.ask("what did Luxembourg and Morocco sign?").passages:
        print(passage.citation.label, passage.text)
    ibid.ask("who signed?", filters=Filters(published_from=date(2021, 1, 1), language=("fr",)))
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rag.errors import BadData
from rag.filters import ANYTHING, Filters
from rag.prose.follow_up import Rewritten
from rag.prose.sentence import Ending, Sentence
from rag.records import Article, Check, Reply
from rag.settings import load_settings

if TYPE_CHECKING:
    from rag.local import Local
    from rag.remote import Remote

Part = Reply | Rewritten | Sentence | Ending
PARTS: dict[str, Any] = {"passages": Reply, "rewritten": Rewritten, "sentence": Sentence, "end": Ending}


class Ibid:
    """Asks a service by its address, or without one the index on this machine.

    Args:
        url: where `ibid serve` answers; None for the index in this process.
        key: the service's API key, if it has one.
        settings: in this process only, as on the command line (`data`, `model`, …).

    Raises:
        BadConfiguration, SnapshotError, EncoderError: there is nothing that can be asked.

    """

    def __init__(self, url: str | None = None, *, key: str | None = None, **settings: object) -> None:
        self._door = _door(url, key, settings)

    def ask(
        self,
        question: str,
        k: int = 5,
        filters: Filters = ANYTHING,
        include_boilerplate: bool = False,
        use_dates: bool = True,
    ) -> Reply:
        """Return the passages that answer. Raises BadData, IbidError."""
        choices = {"include_boilerplate": include_boilerplate, "use_dates": use_dates}
        return Reply.of(self._door.ask(_asked(question, k, filters) | choices))

    def tell(
        self, question: str, k: int = 5, filters: Filters = ANYTHING, *, earlier: Sequence[str] = ()
    ) -> Iterator[Part]:
        """Yield the passages, the question as rewritten after `earlier` ones, checked sentences, the ending.

        Raises BadData, IbidError; a failing language model is told by the ending instead.
        """
        asked = _asked(question, k, filters) | {"earlier": list(earlier)}
        for name, sent in self._door.tell(asked):
            part: Part = PARTS[name].of(sent)
            yield part

    def article(self, document_id: str) -> Article | None:
        """Return an article with its whole text; None where there is none."""
        sent = self._door.document(document_id)
        return Article.of(sent) if sent else None

    def check(self, citation_id: str) -> Check | None:
        """Say what has become of a citation; None for what is no citation id."""
        sent = self._door.citation(citation_id)
        return Check.of(sent) if sent else None

    def close(self) -> None:
        """Let go of connections and files."""
        self._door.close()

    def __enter__(self) -> "Ibid":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _asked(question: str, k: int, filters: Filters) -> dict[str, Any]:
    """Return the body of `POST /v1/ask`. Raises BadData for what is of another type."""
    for name, value, kind in (("question", question, str), ("k", k, int), ("filters", filters, Filters)):
        if not isinstance(value, kind):
            raise BadData(f"{name} is {value!r}", f"give {name} as {kind.__name__}")
    wanted = asdict(filters)
    days = {name: wanted[name] and wanted[name].isoformat() for name in ("published_from", "published_to")}
    return {
        "question": question,
        "k": k,
        "filters": wanted | days,
        "include_boilerplate": False,
        "use_dates": True,
    }


def _door(url: str | None, key: str | None, settings: dict[str, object]) -> "Remote | Local":
    # Each way needs libraries that the other does not.
    if url is not None:
        from rag.remote import Remote

        return Remote(url, key)
    from rag.local import Local

    return Local(load_settings(**settings))
