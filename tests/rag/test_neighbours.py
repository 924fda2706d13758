"""What other documents tell about a line: an outlet's furniture and links, and nothing else."""

from pathlib import Path

from rag.cleaning import Cleaning, set_aside
from rag.documents import Metadata
from rag.loaders import Loaded
from rag.neighbours import clean_together
from rag.sources import Source

PARAGRAPHS = (
    "Le complexe portuaire entrera en service au mois de juin, a annoncé lundi le directeur du chantier.",
    "Selon la société, le premier terminal pourra traiter trois millions de conteneurs par an.",
    "Le coût total est estimé à dix milliards de dirhams, dont un tiers financé par un emprunt.",
)
HEADLINES = (
    "Le port de Nador-Ouest recevra ses premiers navires en juin",
    "Les barrages du Nord sont remplis à plus de quatre-vingts pour cent",
    "La réforme du baccalauréat est repoussée d'une année entière",
)
SLOGAN = "La voix du Rif depuis 1962"


def article(number: int, *under: str) -> str:
    """Return an article whose words are no other's."""
    body = (f"{paragraph} Numéro {'x' * (number + 1)}." for paragraph in PARAGRAPHS)
    return "\n".join((HEADLINES[number], *body, *under))


def loaded(texts: list[str]) -> list[Loaded]:
    return [Loaded(Source(Path(), ""), text, (), Metadata()) for text in texts]


def aside(text: str, cleaning: Cleaning) -> list[tuple[str, str]]:
    return [(label.reason, label.span.slice(text)) for label in cleaning.set_aside]


def reasons(texts: list[str], outlets: list[str | None]) -> list[list[tuple[str, str]]]:
    cleanings = clean_together(loaded(texts), [Metadata(outlet=outlet) for outlet in outlets])
    return [aside(text, cleaning) for text, cleaning in zip(texts, cleanings, strict=True)]


def test_a_line_that_an_outlet_repeats_is_set_aside_and_that_of_three_outlets_is_not() -> None:
    texts = [article(number, SLOGAN) for number in range(3)]
    assert reasons(texts, ["Le Rif"] * 3) == [[("repeated-line", SLOGAN)]] * 3
    assert reasons(texts, ["Le Rif", "L'Écho", "Agence"]) == [[], [], []]


def test_where_the_outlet_is_not_known_all_documents_are_compared() -> None:
    texts = [article(number, SLOGAN) for number in range(3)]
    assert reasons(texts, [None] * 3) == [[("repeated-line", SLOGAN)]] * 3


def test_the_title_that_another_text_shows_is_a_link_to_it_and_its_own_title_stays() -> None:
    texts = [article(0), article(1, HEADLINES[0]), article(2)]
    assert reasons(texts, [None] * 3) == [[], [("other-headline", HEADLINES[0])], []]


def test_a_stated_title_stays_though_the_outlet_used_it_for_many_articles() -> None:
    texts = [f"Le point de la semaine\n{article(number)}" for number in range(3)]
    for title, kept in (("Le point de la semaine", True), (None, False)):
        stated = [Metadata(title=title, outlet="Le Rif")] * 3
        for text, cleaning in zip(texts, clean_together(loaded(texts), stated), strict=True):
            assert ("Le point de la semaine" in cleaning.body(text)) is kept


def test_however_often_an_article_is_carried_it_loses_nothing() -> None:
    # Long paragraphs are no lines that may be furniture: of these texts headline and lead alone would be.
    long = [" ".join(f"{paragraph} Étape {n}." for n in range(4)) for paragraph in PARAGRAPHS]
    text = "\n".join((HEADLINES[0], "Le premier navire accostera le 12 juin, dit-on au chantier.", *long))
    renamed = text.replace(HEADLINES[0], "Nador-Ouest : le premier navire est attendu le 12 juin au port")
    lead = "\n".join(text.split("\n")[1:])  # whose first line is the lead, taken for its title
    others = [article(number, SLOGAN) for number in range(3)]
    for outlets in ([None] * 9, ["Le Rif"] * 9):
        found = reasons([text, renamed, text, lead, text, renamed, *others], outlets)
        assert found == [[]] * 6 + [[("repeated-line", SLOGAN)]] * 3


def test_documents_that_touch_none_of_this_are_cleaned_as_alone() -> None:
    texts = [article(number, "Lire aussi : un autre sujet", "Newsletter") for number in (0, 1)]
    assert clean_together(loaded(texts), [Metadata()] * 2) == [set_aside(text) for text in texts]
