"""What a hit must satisfy."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on a hit's document; several values of one field mean any of them.

    Attributes:
        published_from: earliest publication date, inclusive.
        published_to: latest publication date, inclusive.
        outlet: names as the documents have them.
        language: ISO 639-1 codes.
        document_id: ids of documents.

    """

    published_from: date | None = None
    published_to: date | None = None
    outlet: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    document_id: tuple[str, ...] = ()


ANYTHING = Filters()
