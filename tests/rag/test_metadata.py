import re
import subprocess
import sys
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.cleaning import set_aside
from rag.documents import Metadata
from rag.errors import BadData
from rag.metadata import date_notes, read_metadata
from rag.sidecar import read_sidecar
from rag.stated import LATEST, merge

SEEDS = Path(__file__).parents[2] / "seeds"
TODAY = date(2026, 11, 22)
TITLE = "Le Togo et la Corée du Sud signent une convention de prêt"
BODY = (
    "Le Togo et la Corée du Sud ont conclu à Lomé une convention de prêt de 80 millions de dollars.\n"
    "Le chantier du centre de données, ouvert le 3 mars 2021, doit durer vingt-six mois, jusqu'en mai 2023.\n"
)


def read(text: str) -> Metadata:
    return read_metadata(text, set_aside(text).set_aside)


def article(*details: str) -> str:
    return "\n".join((TITLE, *details, "", BODY))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Publié dans Aujourd'hui le Maroc le 25 - 09 - 2019", date(2019, 9, 25)),
        ("Publié le 12 mars 2024 à 08h15", date(2024, 3, 12)),
        ("Publié le 12/03/2024 à 08:15, mis à jour le 15/03/2024", date(2024, 3, 12)),
        ("Publié le : 05.04.2023 - 10:41", date(2023, 4, 5)),
        ("Publié le 1er janvier 2020", date(2020, 1, 1)),
        ("Mis en ligne le 2 févr. 2018", date(2018, 2, 2)),
        ("Par Salma Berrada - 4 mars 2024 à 09h12", date(2024, 3, 4)),
        ("Paris, le 6 juin 2023", date(2023, 6, 6)),
        ("jeudi 14 novembre 2024", date(2024, 11, 14)),
        ("By Joseph Mwangi | Published March 3, 2024", date(2024, 3, 3)),
        ("Published 14 February 2024", date(2024, 2, 14)),
        ("Posted on October 2nd, 2022 by Anna", date(2022, 10, 2)),
        ("Published 03/25/2024", date(2024, 3, 25)),
        ("Published: 2024-02-29", date(2024, 2, 29)),
        ("Publicado el 9 de mayo de 2023", date(2023, 5, 9)),
        ("نُشر في 12 مارس 2024", date(2024, 3, 12)),
    ],
)
def test_the_date_of_publication_is_read_as_it_is_stated(line: str, expected: date) -> None:
    assert read(article(line)).published_on == expected


@pytest.mark.parametrize("details", [("Publié dans L'Écho le 3 février 2020",), ()])
def test_accents_typed_apart_are_read_as_letters(details: tuple[str, ...]) -> None:
    text = article(*details) if details else "Publié dans L'Écho le 3 février 2020"
    found = read(unicodedata.normalize("NFD", text))
    assert (found.published_on, found.outlet) == (date(2020, 2, 3), "L'Écho")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Publié le 31/02/2024", "no such date"),
        ("Publié le 30.02.2023", "no such date"),
        ("Publié le 2023-02-29", "no such date"),
        ("Publié le 12 brumaire 2020", "no such date"),
        ("Publié le 12 mars 2099", "date out of range"),
        ("Publié le 3 mai 1600", "date out of range"),
        ("Published 03/04/2024", "day and month cannot be told apart"),
        ("Mis à jour le 2 juillet 2023", "only the date of an update is stated"),
    ],
)
def test_a_date_that_cannot_be_believed_is_none_with_a_note(line: str, why: str) -> None:
    text = article(line)
    assert read(text).published_on is None
    (note,) = date_notes(text, set_aside(text).set_aside)
    assert note.startswith(why)
    assert re.search(r"\d{4}", note)  # the note quotes what it is about


@pytest.mark.parametrize(
    "line",
    [
        "Publié hier à 18h30",
        "Publié aujourd'hui à 06h00",
        "Publié le 12 mars",
        "il y a 3 jours",
        "Publié en 2021",
    ],
)
def test_a_date_that_depends_on_the_day_of_reading_or_lacks_a_part_is_none(line: str) -> None:
    assert read(article(line)).published_on is None


def test_the_date_of_an_event_is_never_the_date_of_publication() -> None:
    text = article()
    assert "3 mars 2021" in text
    assert read(text).published_on is None
    assert date_notes(text, set_aside(text).set_aside) == ()


def test_dates_under_the_article_are_those_of_other_articles() -> None:
    text = article() + "\nArticles similaires\nUn autre titre de quelques mots\nPublié le 2 mai 2022\n"
    assert any(one.reason == "publication-line" for one in set_aside(text).set_aside)
    assert read(text).published_on is None


@given(
    st.dates(min_value=date(1000, 1, 1), max_value=date(2200, 1, 1)),
    st.sampled_from(["{:%d/%m/%Y}", "{:%d - %m - %Y}", "{:%d.%m.%Y}", "{:%Y-%m-%d}"]),
)
def test_every_day_written_in_figures_is_read_back_or_refused(day: date, form: str) -> None:
    expected = day if date(1605, 1, 1) <= day <= LATEST else None
    assert read(article(f"Publié le {form.format(day)}")).published_on == expected


@given(st.text())
def test_no_text_at_all_makes_it_fail_or_date_itself_beyond_the_last_day(line: str) -> None:
    found = read(article(f"Publié le {line}"))
    assert found.published_on is None or found.published_on <= LATEST


@pytest.mark.parametrize(
    ("line", "outlet"),
    [
        ("Publié dans Le Quotidien de l'Oriental le 17 - 11 - 2021", "Le Quotidien de l'Oriental"),
        ("Communiqué par: ministère de la Digitalisation", "ministère de la Digitalisation"),
        ("Communiqué de presse de : Hanfwerk S.A.", "Hanfwerk S.A."),
        ("Published in The Severn Herald, March 3, 2024", "The Severn Herald"),
        ("Publicado en El Faro el 9 de mayo de 2023", "El Faro"),
        ("Publié le 12 mars 2024", None),
        ("Par Salma Berrada", None),
    ],
)
def test_the_outlet_is_the_one_the_text_names(line: str, outlet: str | None) -> None:
    assert read(article(line)).outlet == outlet


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (article(), TITLE),
        (article("Le Rivage"), TITLE),
        (f"Le Rivage\n{article()}", TITLE),
        (f"« Où va l'eau ? »\n{BODY}", "« Où va l'eau ? »"),
        (f"# {article()}", TITLE),
        (f"#MeToo au cinéma, dix ans\n{BODY}", "#MeToo au cinéma, dix ans"),
        (BODY, None),
        (TITLE, None),
        ("", None),
        (" \n\u00a0\n", None),
        (f"2024\n{BODY}", None),
    ],
)
def test_the_title_is_the_headline_above_the_text(text: str, title: str | None) -> None:
    assert read(text).title == title


def test_the_seed_articles_say_what_was_read_in_them_by_hand() -> None:
    by_hand = read_sidecar(SEEDS / "articles.toml")
    assert len(by_hand) == 5
    for name, known in by_hand.items():
        found = read((SEEDS / "articles" / name).read_bytes().decode("utf-8"))
        assert (found.title, found.outlet, found.published_on) == (
            known.title,
            known.outlet,
            known.published_on,
        )


def test_importing_it_does_not_load_dateparser() -> None:
    code = "import sys, rag.metadata; sys.exit('dateparser' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=SEEDS.parent, check=False).returncode == 0


def test_the_sidecar_wins_over_the_text_where_it_speaks() -> None:
    text = Metadata(title="Du texte", outlet="Le Rivage", published_on=date(2020, 1, 1))
    sidecar = Metadata(title="Du fichier", url="https://example.org/a")
    assert merge(sidecar, text) == Metadata(
        "Du fichier", "Le Rivage", date(2020, 1, 1), None, "https://example.org/a"
    )


def test_a_sidecar_is_read_with_everything_it_says(tmp_path: Path) -> None:
    file = tmp_path / "articles.toml"
    file.write_text(
        '["a.txt"]\ntitle = " Été "\noutlet = ""\npublished_on = 2019-09-25\nlanguage = "fr"\n'
        'url = "https://example.org/a?b=1"\n["b.txt"]\npublished_on = "2020-02-29"\n["c.txt"]\n',
        encoding="utf-8",
    )
    assert read_sidecar(file) == {
        "a.txt": Metadata("Été", None, date(2019, 9, 25), "fr", "https://example.org/a?b=1"),
        "b.txt": Metadata(published_on=date(2020, 2, 29)),
        "c.txt": Metadata(),
    }


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ('["a.txt"]\nbyline = "X"', ("byline", "a.txt")),
        ('["a.txt"]\ntitle = 3', ("title", "3")),
        ('["a.txt"]\ntitle = ["x"]', ("title", "x")),
        ('["a.txt"]\npublished_on = "25/09/2019"', ("published_on", "25/09/2019")),
        ('["a.txt"]\npublished_on = "2019-02-30"', ("published_on", "2019-02-30")),
        ('["a.txt"]\npublished_on = 10:00:00', ("published_on", "time(10")),
        ('["a.txt"]\npublished_on = true', ("published_on", "True")),
        ('["a.txt"]\nurl = "javascript:alert(1)"', ("url", "javascript")),
        ('["a.txt"]\nurl = "https://"', ("url", "https://")),
        ('["a.txt"]\nurl = "http://[::1"', ("url", "[::1")),
        ('["a.txt"]\nurl = "https://a b"', ("url", "a b")),
        ('["a.txt"]\nlanguage = "français"', ("language", "français")),
        ('title = "X"', ("title", "not a table")),
        ('["a.txt"\n', ("line 1",)),
    ],
)
def test_a_wrong_sidecar_is_refused_by_file_key_and_value(
    tmp_path: Path, content: str, names: tuple[str, ...]
) -> None:
    file = tmp_path / "articles.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BadData) as caught:
        read_sidecar(file)
    assert all(name in str(caught.value) for name in (str(file), *names))
    assert caught.value.remedy


def test_an_unknown_key_is_answered_with_the_allowed_ones(tmp_path: Path) -> None:
    file = tmp_path / "articles.toml"
    file.write_text('["a.txt"]\nbyline = "X"', encoding="utf-8")
    with pytest.raises(BadData) as caught:
        read_sidecar(file)
    keys = ("title", "outlet", "published_on", "language", "url", "author")
    assert all(key in caught.value.remedy for key in keys)


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_sidecar_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "articles.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadData, match=re.escape(str(file))) as caught:
        read_sidecar(file)
    assert content is None or "byte 0 is not UTF-8" in str(caught.value)
