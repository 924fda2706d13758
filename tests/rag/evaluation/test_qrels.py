from rag.evaluation.qrels import derive_qrels, passage_id
from rag.passages import Passage

from .records import gold_answer, passage, question

A = "a.txt"


def held(places: list[Passage], *answers: tuple[str, int, int]) -> dict[str, tuple[int, ...]]:
    qrels = derive_qrels([question("q", *answers)], lambda id_: [p for p in places if p.document_id == id_])
    return dict(qrels.held["q"])


def test_a_passage_is_relevant_when_an_answer_stands_whole_in_it() -> None:
    exact, wider, cut, apart = (passage(p) for p in [(A, 10, 20), (A, 0, 30), (A, 0, 19), (A, 20, 40)])
    assert held([exact, wider, cut, apart], (A, 10, 20)) == {passage_id(exact): (0,), passage_id(wider): (0,)}


def test_the_same_offsets_in_another_document_are_not_relevant() -> None:
    assert held([passage(("b.txt", 10, 20))], (A, 10, 20)) == {}


def test_a_passage_can_hold_several_answers() -> None:
    both = passage((A, 0, 50))
    assert held([both], (A, 0, 10), (A, 20, 30)) == {passage_id(both): (0, 1)}


def test_an_answer_that_no_passage_holds_is_unreachable_and_still_judged() -> None:
    one = question("q", (A, 0, 10), (A, 15, 25))
    qrels = derive_qrels([one], lambda _: [passage((A, 0, 20)), passage((A, 20, 40))])
    assert qrels.unreachable == (("q", gold_answer((A, 15, 25))),)
    assert len(list(qrels.judgements())) == 2


def test_passages_set_aside_do_not_make_an_answer_reachable() -> None:
    qrels = derive_qrels([question("q", (A, 0, 10))], lambda _: [passage((A, 0, 20), boilerplate=True)])
    assert qrels.held == {"q": {}}
    assert [id_ for id_, _ in qrels.unreachable] == ["q"]


def test_unanswerable_questions_get_no_judgement() -> None:
    qrels = derive_qrels([question("q")], lambda _: [passage((A, 0, 20))])
    assert list(qrels.judgements()) == []


def test_the_documents_are_read_once_each() -> None:
    read: list[str] = []

    def passages_of(id_: str) -> list[Passage]:
        read.append(id_)
        return [passage((A, 0, 20))]

    derive_qrels([question(f"q{n}", (A, 0, 10)) for n in range(5)], passages_of)
    assert len(read) == 1
