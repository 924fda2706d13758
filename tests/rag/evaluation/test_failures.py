import pytest

from rag.evaluation.failures import (
    ANSWERED_WITHOUT,
    BESIDE,
    NOT_FIRST,
    NOT_FOUND,
    REFUSED,
    failures,
)
from rag.evaluation.run import Asked
from rag.evaluation.summary import summarise

from .records import Place, asked, evaluation, passage, question

TILES: list[Place] = [("a.txt", 10 * n, 10 * n + 10) for n in range(12)]
ABOUT, NOTHING = question("q", TILES[0]), question("u")


@pytest.mark.parametrize(
    ("one", "reasons"),
    [
        (asked(NOTHING, TILES[:3], answerable=True), [ANSWERED_WITHOUT]),
        (asked(NOTHING, TILES[:3], answerable=False), []),
        (asked(NOTHING), [ANSWERED_WITHOUT]),
        (asked(ABOUT), [NOT_FOUND]),
        (asked(ABOUT, answerable=False), [NOT_FOUND, REFUSED]),
        (asked(ABOUT, [TILES[0]]), [BESIDE]),
        (asked(ABOUT, [TILES[1], TILES[0]], answerable=False), [REFUSED, NOT_FIRST, BESIDE]),
        (asked(ABOUT, [*TILES[1:6], TILES[0]]), [NOT_FOUND, BESIDE]),
    ],
)
def test_every_reason_is_named_worst_first(one: Asked, reasons: list[str]) -> None:
    run = evaluation([one], [passage(tile) for tile in TILES])
    assert [list(failure.reasons) for failure in failures(run, summarise(run))] == (
        [reasons] if reasons else []
    )


def test_worst_failures_come_first_then_the_order_of_the_gold_set() -> None:
    entries = [
        asked(question("q1", TILES[0]), [TILES[1], TILES[0]]),
        asked(question("q2", TILES[0])),
        asked(question("u1")),
        asked(question("q3", TILES[0])),
    ]
    run = evaluation(entries, [passage(tile) for tile in TILES])
    assert [f.asked.question.id for f in failures(run, summarise(run))] == ["u1", "q2", "q3", "q1"]
