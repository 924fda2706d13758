"""Notices: for programs each list holds what it names and nothing else; the sentence stays short."""

import pytest

from rag.filters import NAMED
from rag.notice import MOST_TOLD, Field, unknown

NAMES = [f"Titre {n}" for n in range(MOST_TOLD + 7)]


@pytest.mark.parametrize("field", NAMED)
@pytest.mark.parametrize(("known", "more"), [(0, 0), (1, 0), (MOST_TOLD, 0), (MOST_TOLD + 1, 1)])
def test_a_list_holds_names_alone_and_beside_it_stands_how_many_others_there_are(
    field: Field, known: int, more: int
) -> None:
    notice = unknown(field, NAMES, NAMES[:known])
    assert notice.values == {
        f"{field}s": NAMES[:MOST_TOLD],
        f"more_{field}s": 7,
        f"known_{field}s": NAMES[: min(known, MOST_TOLD)],
        f"more_known_{field}s": more,
    }
    assert notice.text.count("…") == 1 + (more > 0)
