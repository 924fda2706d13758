"""A student learns its targets, batches are complete, and an interrupted run goes on where it stopped."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig

from embeddings.training.batches import by_tokens, padded
from embeddings.training.distillation import Texts, distil, loss_of, pass_batches
from embeddings.training.evaluation import bitext_accuracy, success_at
from embeddings.training.optimisation import Optimisation
from embeddings.training.questions import Asked, question_loss, teach
from embeddings.training.settings import Settings
from embeddings.training.student import WEIGHTS, Student, blend, load_student, save_student

CPU = torch.device("cpu")
SETTINGS = Settings(batch_tokens=64, step_batches=2, distil_negatives=8, press_entries=2)
RATES = (1e-2, 1e-3)


def tiny_student(folder: Path) -> Student:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=50,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=32,
    )
    save_student(Student(config), folder)
    return load_student(folder, CPU)


def tiny_texts(count: int = 12) -> Texts:
    draw = np.random.default_rng(3)
    english = [draw.integers(5, 50, size=length).tolist() for length in draw.integers(3, 9, size=count)]
    target = draw.normal(size=(count, 32)).astype(np.float32)
    return Texts(
        english, [row[::-1] for row in english], target / np.linalg.norm(target, axis=1, keepdims=True)
    )


def start(folder: Path, minutes: float) -> Optimisation:
    student = tiny_student(folder)
    return Optimisation(student, RATES, minutes, 0.9, folder)


def test_batches_hold_every_text_once_within_the_budget() -> None:
    lengths = np.random.default_rng(0).integers(1, 40, size=200).tolist()
    batches = by_tokens(lengths, 100)
    assert sorted(index for batch in batches for index in batch) == list(range(200))
    assert all(len(batch) * max(lengths[index] for index in batch) <= 100 for batch in batches)


def test_a_text_over_the_budget_is_a_batch_of_its_own() -> None:
    assert by_tokens([500, 1, 1], 100) == [[0], [2, 1]]


def test_padding_is_masked() -> None:
    ids, mask = padded([[2, 9, 3], [2, 3]], CPU)
    assert ids.tolist() == [[2, 9, 3], [2, 3, 0]]
    assert mask.tolist() == [[1, 1, 1], [1, 1, 0]]


def test_padding_changes_no_vector(tmp_path: Path) -> None:
    student = tiny_student(tmp_path)
    with torch.inference_mode():
        alone = student(*padded([[2, 9, 3]], CPU))
        beside = student(*padded([[2, 9, 3], [2, 8, 7, 6, 5, 3]], CPU))
    torch.testing.assert_close(alone[0], beside[0], atol=1e-5, rtol=0)


def test_a_pass_shows_every_french_text_once_and_depends_on_its_seed() -> None:
    texts = tiny_texts()
    batches = list(pass_batches(texts, range(12), seed=1, budget=64, english_share=0.5))
    french = sorted(row for batch in batches for row, is_english in batch if not is_english)
    assert french == list(range(12))
    assert batches == list(pass_batches(texts, range(12), seed=1, budget=64, english_share=0.5))
    assert batches != list(pass_batches(texts, range(12), seed=2, budget=64, english_share=0.5))


def test_the_loss_is_cross_entropy_plus_cosine() -> None:
    wanted = torch.eye(3)
    loss = loss_of(wanted, wanted, torch.zeros(0, 3), temperature=1.0)
    assert loss.item() == pytest.approx(np.log(np.e + 2) - 1, abs=1e-6)


def test_a_negative_that_says_the_same_does_not_count() -> None:
    wanted = torch.eye(3)
    alone = loss_of(wanted, wanted, torch.zeros(0, 3), 1.0)
    torch.testing.assert_close(loss_of(wanted, wanted, wanted[:1], 1.0)[None], alone[None], atol=0.3, rtol=0)
    doubled = loss_of(wanted[:1], wanted[:1], wanted[:1], 1.0)
    assert doubled.item() == pytest.approx(0.0, abs=1e-6)


def test_distillation_reaches_its_targets(tmp_path: Path) -> None:
    texts = tiny_texts()
    run = start(tmp_path, minutes=4 / 60)
    distil(run, texts, range(12), SETTINGS)
    student = load_student(tmp_path, CPU)
    with torch.inference_mode():
        found = student(*padded(texts.french, CPU)).numpy()
    assert bitext_accuracy(found, texts.target) == (1.0, 1.0)


def test_a_run_resumes_with_the_same_weights_and_moments(tmp_path: Path) -> None:
    run = start(tmp_path, minutes=2 / 60)
    distil(run, tiny_texts(), range(12), SETTINGS)
    again = start(tmp_path, minutes=2 / 60)
    assert again.step == run.step
    assert again.spent == pytest.approx(run.spent)
    for name, value in run.average.items():
        torch.testing.assert_close(again.average[name], value)
    before, after = run.adam.state_dict()["state"], again.adam.state_dict()["state"]
    torch.testing.assert_close(after[0]["exp_avg"], before[0]["exp_avg"])
    distil(again, tiny_texts(), range(12), SETTINGS)
    assert again.step == run.step


def targets(row: int) -> tuple[np.ndarray, np.ndarray]:
    """The teacher's vectors of a passage and of its only question: the same direction."""
    vector = np.eye(32, dtype=np.float32)[row]
    return vector, vector[None]


def test_questions_find_their_passages_after_teaching(tmp_path: Path) -> None:
    texts = tiny_texts()
    asked = [
        Asked(
            [row + 10] * 4, [row + 10] * 4, [row + 30] * 3, [([row + 20] * 2, [row + 20] * 3)], *targets(row)
        )
        for row in range(4)
    ]
    teach(start(tmp_path, minutes=4 / 60), asked, texts, range(12), SETTINGS)
    student = load_student(tmp_path, CPU)
    with torch.inference_mode():
        questions = student(*padded([entry.questions[0][1] for entry in asked], CPU)).numpy()
        passages = student(*padded([entry.french for entry in asked], CPU)).numpy()
    assert success_at(questions, passages, range(4), 1) == 1.0


def test_question_loss_is_the_softmax_of_the_right_passage() -> None:
    passages = torch.eye(3)
    loss = question_loss(passages[:1], torch.tensor([0]), passages, temperature=1.0)
    assert loss.item() == pytest.approx(np.log(np.e + 2) - 1, abs=1e-6)


def test_success_counts_ranks() -> None:
    passages = np.eye(3, dtype=np.float32)
    questions = np.array([[1, 0.9, 0], [1, 0.9, 0]], dtype=np.float32)
    assert success_at(questions, passages, [0, 1], 1) == 0.5
    assert success_at(questions, passages, [0, 1], 2) == 1.0


def test_the_state_is_readable_without_torch(tmp_path: Path) -> None:
    run = start(tmp_path, minutes=1)
    run.save()
    assert json.loads((tmp_path / "state.json").read_text()) == {"step": 0, "seconds": 0.0}


def test_a_blend_lies_between_its_parts(tmp_path: Path) -> None:
    first, second, mixed = (tmp_path / name for name in ("first", "second", "mixed"))
    for folder in (first, second, mixed):
        folder.mkdir()
    student = tiny_student(first)
    with torch.no_grad():
        for value in student.parameters():
            value += 1
    save_student(student, second)
    blend(first, second, 0.25, mixed)
    before, after = load_student(first, CPU).token_vectors, load_student(mixed, CPU).token_vectors
    torch.testing.assert_close(after, before + 0.25)
    assert (mixed / WEIGHTS).exists()
