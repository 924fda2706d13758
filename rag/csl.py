"""CSL-JSON: references as citation processors take them (Citation Style Language 1.0.2)."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from rag.reference import Reference


def csl_json(references: Sequence[Reference]) -> str:
    """Return references as a JSON array of CSL items; the quote stands in `annote`, unchanged."""
    return json.dumps([_item(reference) for reference in references], ensure_ascii=False, indent=2) + "\n"


def _item(reference: Reference) -> dict[str, Any]:
    notes = (reference.note, f"Permalink: {reference.permalink}")
    item = {
        "id": reference.id,
        "type": "article-newspaper",
        "title": reference.title,
        "container-title": reference.outlet,
        "author": [{"literal": author} for author in reference.authors],
        "issued": reference.published_on and _day(reference.published_on),
        "accessed": _day(reference.accessed_on),
        "language": reference.language,
        "URL": reference.url or reference.permalink,
        "note": " ".join(note for note in notes if note),
        "annote": reference.quote,
    }
    return {name: value for name, value in item.items() if value}


def _day(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
