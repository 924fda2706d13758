"""What a hit must satisfy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from rag.errors import BadData
from rag.lines import fold
from rag.notice import Field, Notice, unknown

NAMED: tuple[Field, ...] = ("outlet", "language")  # the fields whose values people write


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on a hit's document; several values of one field mean any of them.

    Attributes:
        published_from: earliest publication date, inclusive.
        published_to: latest publication date, inclusive.
        outlet: names; see `Spellings` for how closely they must be written as the documents have them.
        language: ISO 639-1 codes.
        document_id: ids of documents.

    Raises:
        BadData: the earliest date is after the latest, or a value is of another type.

    """

    published_from: date | None = None
    published_to: date | None = None
    outlet: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    document_id: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse days that hold none, and what would be taken for something else."""
        first, last = self.published_from, self.published_to
        for name, day in (("published_from", first), ("published_to", last)):
            if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
                raise BadData(f"{name} is {day!r}", "give a day: datetime.date(2019, 9, 25)")
        for name in ("outlet", "language", "document_id"):
            if isinstance(value := getattr(self, name), str):
                raise BadData(f"{name} is {value!r}", f"give a tuple: ({value!r},)")
        if first and last and first > last:
            raise BadData(f"the first day, {first}, is after the last, {last}", "exchange them")


ANYTHING = Filters()


class Spellings:
    """How the articles of an index write outlets and languages.

    A value that is written as an article has it means itself. Of others letters and figures alone count,
    whatever their case and accents.
    """

    def __init__(self, facets: Mapping[str, Sequence[str]]) -> None:
        self._values = {name: facets[name] for name in NAMED}
        self._alike: dict[str, dict[str, list[str]]] = {name: {} for name in NAMED}
        for name, values in self._values.items():
            for value in values:
                self._alike[name].setdefault(_key(value), []).append(value)

    def of(self, filters: Filters) -> Filters:
        """Return filters with values written as articles have them; those of no article stay as they are."""
        outlet, language = (self._written(name, getattr(filters, name)) for name in NAMED)
        return replace(filters, outlet=outlet, language=language)

    def unknown(self, filters: Filters) -> Iterator[Notice]:
        """Say which values no article has, and name some that articles have."""
        for name in NAMED:
            missing = [value for value in getattr(filters, name) if not self._meant(name, value)]
            if missing:
                yield unknown(name, missing, self._values[name])

    def _written(self, name: str, values: Sequence[str]) -> tuple[str, ...]:
        return tuple(one for value in values for one in self._meant(name, value) or [value])

    def _meant(self, name: str, value: str) -> Sequence[str]:
        alike = self._alike[name].get(_key(value), [])
        return [value] if value in alike else alike


def _key(value: str) -> str:
    folded = fold(value)
    return "".join(filter(str.isalnum, folded)) or folded
