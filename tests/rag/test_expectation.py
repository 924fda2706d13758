"""What a question asks for, in both languages, and which sentences hold it."""

import unicodedata

import pytest

from rag.expectation import Kind, holds, kind_asked

ASKED = {
    Kind.DATE: (
        "When was the agreement signed?",
        "Quand l'accord a-t-il été signé ?",
        "What year did the mission take place?",
        "A quelle date la délégation est-elle arrivée ?",
        "En quelle année l'accord a-t-il été signé ?",
        "web summit end date",
    ),
    Kind.NUMBER: (
        "How many companies took part?",
        "Combien d'entreprises ont participé ?",
        "What is the budget of the plan?",
        "Quel est le budget du plan ?",
        "Pour quelle durée ?",
        "How long did the talks last?",
    ),
    Kind.PERSON: (
        "Who led the delegation?",
        "Qui dirigeait la délégation ?",
        "c'est qui le patron de l'ADD ?",
    ),
    None: (
        "What did they sign?",
        "Qu'ont-ils signé ?",
        "Quel partenariat est en construction ?",
        "L'entreprise qui a signé, où est-elle ?",
        "Whole regions are dry",
    ),
}
HELD = [
    (Kind.DATE, "Le 25 janvier 2021, Marc Hansen a signé.", True),
    (Kind.DATE, "En février, ils ont signé.", True),
    (Kind.DATE, "They met on Tuesday.", True),
    (Kind.DATE, "Ils se sont rencontrés récemment.", False),
    (Kind.NUMBER, "Une cinquantaine d'entreprises étaient présentes.", True),
    (Kind.NUMBER, "La moitié était présente.", True),
    (Kind.NUMBER, "Twelve companies came.", True),
    (Kind.NUMBER, "Plusieurs entreprises étaient présentes.", False),
    (Kind.PERSON, "La délégation, conduite par Sarah Lamrani, est arrivée.", True),
    (Kind.PERSON, "Présents : Zoé Élan et d'autres.", True),
    (Kind.PERSON, "Mme Lamrani est arrivée.", True),
    (Kind.PERSON, "La délégation est arrivée au Maroc.", False),
]


@pytest.mark.parametrize(
    ("kind", "question"), [(kind, one) for kind, asked in ASKED.items() for one in asked]
)
def test_the_kind_of_answer_is_told_by_the_form_of_the_question(kind: Kind | None, question: str) -> None:
    assert kind_asked(question) is kind


@pytest.mark.parametrize(("kind", "sentence", "held"), HELD)
def test_a_sentence_holds_a_kind_of_answer_or_not(kind: Kind, sentence: str, held: bool) -> None:
    assert holds(sentence, kind) is held


def test_accents_typed_apart_are_read_as_letters() -> None:
    asked = [one for questions in ASKED.values() for one in questions]
    assert [kind_asked(_apart(one)) for one in asked] == [kind_asked(one) for one in asked]
    assert [holds(_apart(sentence), kind) for kind, sentence, _ in HELD] == [held for *_, held in HELD]


def _apart(text: str) -> str:
    return unicodedata.normalize("NFD", text)
