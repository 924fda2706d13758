"""Models side by side: retrieval against brute force and hand-computed ranks, sizes, the command."""

import json
import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from embeddings import Encoder, Lexicon, Vectors
from embeddings.loading import BUNDLED
from rag.documents import document_id
from rag.errors import BadConfiguration, BadData, NoInput
from rag.evaluation.material import Material, gather
from rag.evaluation.models import Figures, measure, size_on_disk
from rag.evaluation.models_command import ModelsRequest, compare_models_command
from rag.settings import Settings
from rag.snapshot import Snapshot

Ibid = Callable[..., "subprocess.CompletedProcess[str]"]
PASSAGE_TOKENS = Settings.model_fields["passage_tokens"].default
# One meaning a row, in both languages: what a perfect bilingual encoder of this small world knows.
MEANINGS = (("cheese", "fromage"), ("train", "trains"), ("strike", "greve"), ("mayor", "maire"))


@dataclass(frozen=True)
class MeaningEncoder:
    """Encode a text by the meanings it names; the last component holds all other words."""

    languages: tuple[str, ...] = ("en", "fr")
    prefixes: tuple[str, str] = ("", "")
    name: str = "meanings"
    fingerprint: str = "b" * 64
    dimension: int = len(MEANINGS) + 1
    lexicon: Lexicon | None = None

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                bare = unicodedata.normalize("NFD", word).encode("ascii", "ignore").decode()
                known = [place for place, both in enumerate(MEANINGS) if bare in both[: len(self.languages)]]
                vectors[row, known or [-1]] += 1
            # Some of the rest in any text, so that none is of length zero.
            vectors[row, -1] = 0.1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self.encode_queries(texts)


BILINGUAL = MeaningEncoder()
ENGLISH = MeaningEncoder(languages=("en",))  # does not know the French words
TEXTS = {
    "a": "Le fromage de la vallée est vendu en ville depuis hier matin.",
    "b": "Les trains restent à quai pour la troisième journée de suite.",
    "c": "La grève des trains a été votée par une large majorité.",
    "d": "Le maire a promis une réponse à tous les habitants du quartier.",
}


def answer(name: str, quote: str) -> dict[str, object]:
    source = f"articles/{name}.txt"
    start = TEXTS[name].index(quote)
    place = {"document_id": document_id(source), "source": source, "start": start, "end": start + len(quote)}
    return {**place, "quote": quote}


def gold_line(id_: str, language: str, question: str, *answers: dict[str, object]) -> dict[str, object]:
    shared = {"pair": id_, "kind": "what", "split": "test", "answerable": bool(answers), "answers": answers}
    why = {} if answers else {"why": "nothing says it"}
    return {"id": id_, "question": question, "language": language, **shared, **why}


GOLD = (
    gold_line("q1", "en", "Where is the cheese sold?", answer("a", "en ville")),
    # b names trains alone; c names strike and trains, and is the answer: second by meaning.
    gold_line("q2", "en", "Which train?", answer("c", "La grève des trains")),
    gold_line("q3", "fr", "Qu'a promis le maire ?", answer("d", "une réponse")),
    gold_line("q4", "fr", "Qui a voté la grève ?", answer("c", "une large majorité")),
    gold_line("q5", "en", "Who won the match?"),
)


@pytest.fixture
def world(tmp_path: Path) -> ModelsRequest:
    """A gold set, its four articles and two pairs of sentences."""
    (tmp_path / "articles").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "articles" / f"{name}.txt").write_bytes(text.encode())
    gold = tmp_path / "gold.jsonl"
    gold.write_text("".join(json.dumps(line, default=list) + "\n" for line in GOLD), encoding="utf-8")
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("The cheese\tLe fromage\nThe mayor\tLe maire\n", encoding="utf-8")
    return ModelsRequest(("two",), gold, tmp_path / "articles", parallel=pairs)


def material_of(request: ModelsRequest) -> Material:
    return gather(request.gold, request.split, request.articles, None, PASSAGE_TOKENS)


def test_ranks_worked_out_by_hand_give_these_figures(world: ModelsRequest) -> None:
    """q1 and q3, q4 rank their passage first; q2 second, behind the passage about trains alone."""
    figures = measure("two", BILINGUAL, material_of(world))
    assert figures.retrieval == {
        "en": {"Success@1": 0.5, "Success@5": 1.0, "MRR@10": 0.75},
        "fr": {"Success@1": 1.0, "Success@5": 1.0, "MRR@10": 1.0},
    }
    assert (figures.name, figures.dimension, figures.bitext) == ("two", 5, None)
    assert figures.question_ms > 0
    assert figures.passages_per_second > 0


def test_equal_passages_keep_their_reading_order(world: ModelsRequest) -> None:
    """An encoder that sees nothing in common ranks a, b, c, d: q3 (d) is fourth, q4 (c) third."""
    figures = measure("en", ENGLISH, material_of(world))
    assert figures.retrieval["fr"] == pytest.approx(
        {"Success@1": 0.0, "Success@5": 1.0, "MRR@10": (1 / 4 + 1 / 3) / 2}
    )


def test_many_equal_passages_keep_their_reading_order_too(world: ModelsRequest, tmp_path: Path) -> None:
    """Of forty passages every second one names cheese; the third of these is asked for."""
    begin = "Le texte numéro "
    for number in range(100, 140):
        subject = "du fromage" if number % 2 else "de toute autre chose"
        text = f"{begin}{number} parle {subject}, comme on le verra plus loin."
        (world.articles / f"{number}.txt").write_bytes(text.encode())
    source, start = "articles/105.txt", len(begin)
    place = {"document_id": document_id(source), "source": source, "start": start, "end": start + 3}
    line = gold_line("q1", "en", "Which cheese?", {**place, "quote": "105"})
    gold = tmp_path / "third.jsonl"
    gold.write_text(json.dumps(line), encoding="utf-8")
    figures = measure("two", BILINGUAL, material_of(replace(world, gold=gold)))
    assert figures.retrieval["en"] == pytest.approx({"Success@1": 0, "Success@5": 1, "MRR@10": 1 / 3})


def test_questions_that_nothing_answers_are_not_asked(world: ModelsRequest) -> None:
    assert [question.id for question in material_of(world).questions] == ["q1", "q2", "q3", "q4"]


def test_the_passages_are_those_an_index_holds(seeds: Path, seeds_snapshot: Snapshot) -> None:
    material = gather(seeds / "gold.jsonl", "test", seeds / "articles", None, PASSAGE_TOKENS)
    counts = seeds_snapshot.manifest.counts
    indexed = [seeds_snapshot.passage(ordinal) for ordinal in range(counts.body_passages)]
    assert list(material.passages) == indexed
    assert {question.split for question in material.questions} == {"test"}


def test_the_bundled_model_is_measured_as_brute_force_measures_it(seeds: Path, encoder: Encoder) -> None:
    """Success@5 of French questions, counted from cosines and the places of the answers."""
    material = gather(seeds / "gold.jsonl", "test", seeds / "articles", None, PASSAGE_TOKENS)
    few = replace(material, questions=tuple(q for q in material.questions if q.language == "fr")[:12])
    held = {q.id: material.qrels["fr"].held[q.id] for q in few.questions}
    figures = measure(
        "bundled", encoder, replace(few, qrels={"fr": replace(material.qrels["fr"], held=held)})
    )
    passages = encoder.encode_passages(material.texts)
    found = 0
    for question in few.questions:
        best = np.argsort(-(passages @ encoder.encode_queries([question.text])[0]))[:5]
        found += any(
            passage.document_id == answer.document_id
            and passage.span.start <= answer.start
            and answer.end <= passage.span.end
            for passage in (material.passages[place] for place in best)
            for answer in question.answers
        )
    assert figures.retrieval["fr"]["Success@5"] == pytest.approx(found / 12)


def test_a_folder_weighs_what_its_files_weigh(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"x" * 1_500_000)
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_bytes(b"y" * 500_000)
    assert size_on_disk(str(tmp_path)) == 2.0


def test_the_bundled_model_weighs_35_megabytes_at_most() -> None:
    megabytes = size_on_disk("bundled")
    assert megabytes == sum(file.stat().st_size for file in BUNDLED.iterdir()) / 1e6
    assert megabytes is not None
    assert megabytes <= 35


@pytest.mark.parametrize("name", ["nobody/no-such-model", "not a name", "../nowhere"])
def test_a_model_that_is_not_on_this_machine_has_no_size(name: str) -> None:
    assert size_on_disk(name) is None


def test_the_table_shows_every_model_in_the_order_given(
    world: ModelsRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    encoders = {"two [bold]": BILINGUAL, "one\x1b[31m": ENGLISH}
    request = replace(world, names=tuple(encoders))
    assert compare_models_command(request, encoders.__getitem__) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    shown = " ".join(captured.out.split())
    assert "gold.jsonl, test: 4 questions over 4 passages" in shown
    assert "two [bold] one\ufffd[31m" in shown
    assert "bitext, 2 pairs: English to French 1.000 0.500" in shown
    assert "questions in 'en': MRR@10 0.750" in shown
    assert "questions in 'fr': Success@1 1.000 0.000" in shown


def test_json_holds_what_the_table_shows(world: ModelsRequest, capsys: pytest.CaptureFixture[str]) -> None:
    loaded = []

    def load(name: str) -> Encoder:
        loaded.append(name)
        return BILINGUAL

    compare_models_command(replace(world, names=("two", "two"), json=True), load)
    assert loaded == ["two"]
    told = json.loads(capsys.readouterr().out)
    (model,) = told.pop("models")  # named twice, measured once
    assert told["parallel"] == {"file": "pairs.tsv", "pairs": 2}
    assert (told["questions"], told["passages"], told["unreachable"]) == (4, 4, 0)
    assert model.keys() == set(Figures.__slots__)
    assert model["bitext"] == {"english_to_french": 1.0, "french_to_english": 1.0}
    assert model["retrieval"]["en"]["MRR@10"] == 0.75
    assert model["megabytes"] is None


def test_a_wrong_name_is_told_before_any_model_is_measured(
    world: ModelsRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    @dataclass(frozen=True)
    class CountingEncoder(MeaningEncoder):
        def encode_queries(self, texts: Sequence[str]) -> Vectors:
            raise AssertionError("measured too early")

    def load(name: str) -> Encoder:
        if name == "wrong":
            raise BadConfiguration("the model 'wrong' cannot be loaded", "choose another")
        return CountingEncoder()

    with pytest.raises(BadConfiguration, match="'wrong'"):
        compare_models_command(replace(world, names=("two", "wrong")), load)
    assert capsys.readouterr().out == ""


def test_files_that_do_not_fit_are_refused_before_a_model_is_loaded(world: ModelsRequest) -> None:
    def load(name: str) -> Encoder:
        raise AssertionError("loaded too early")

    with pytest.raises(NoInput, match="nowhere"):
        compare_models_command(replace(world, parallel=Path("nowhere.tsv")), load)
    with pytest.raises(NoInput, match="nowhere"):
        compare_models_command(replace(world, gold=Path("nowhere.jsonl")), load)
    with pytest.raises(NoInput, match="nowhere"):
        compare_models_command(replace(world, articles=Path("nowhere")), load)
    with pytest.raises(NoInput, match="no answerable question of split 'dev'"):
        compare_models_command(replace(world, split="dev"), load)
    (world.articles / "a.txt").write_text("Un autre texte, sans le mot attendu, à la même place.")
    with pytest.raises(BadData, match=r"gold\.jsonl:1"):
        compare_models_command(world, load)


def test_the_command_compares_folders_and_refuses_damage(
    world: ModelsRequest, tmp_path: Path, ibid: Ibid
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(BUNDLED, broken, copy_function=os.link)
    (broken / "tokenizer.json").unlink()
    options = ("--gold", world.gold, "--articles", world.articles, "--json")
    done = ibid("compare-models", "bundled", *options)
    assert done.returncode == 0, done.stderr
    (model,) = json.loads(done.stdout)["models"]
    assert (model["name"], model["bitext"]) == ("bundled", None)
    refused = ibid("compare-models", "bundled", broken, *options)
    assert refused.returncode == 78
    assert str(broken / "tokenizer.json") in refused.stderr
    assert "Traceback" not in refused.stderr
    assert refused.stdout == ""
