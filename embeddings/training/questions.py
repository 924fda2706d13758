"""Question to passage: contrastive training on the press set, with parallel text replayed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from embeddings.training.batches import padded
from embeddings.training.distillation import Texts, batches_from, replay
from embeddings.training.optimisation import Optimisation
from embeddings.training.settings import Settings

# French passages in two steps of three, their English translations in the third: articles are mostly French.
FRENCH_SHARE = 2 / 3
# Batches of entries a step, beside the batches of parallel text.
PRESS_TASKS = 2


@dataclass(frozen=True)
class Asked:
    """Token ids of a press entry: French passage, translation, near miss, questions (English, French)."""

    french: list[int]
    english: list[int]
    near_miss: list[int]
    questions: list[tuple[list[int], list[int]]]


def question_loss(questions: Tensor, passages: Tensor, answers: Tensor, temperature: float) -> Tensor:
    """Cross-entropy of questions (q, dimension) over passages (n, dimension); ``answers`` are rows."""
    return nn.functional.cross_entropy(questions @ passages.T / temperature, answers)


def entry_batches(count: int, size: int, seed: int) -> Iterator[list[int]]:
    """Yield batches of ``size`` entries, pass after pass, without end."""
    draw = np.random.default_rng(seed)
    while True:
        order = draw.permutation(count).tolist()
        for start in range(0, count - size + 1, size):
            yield order[start : start + size]


def embed_texts(run: Optimisation, tokens: list[list[int]], device: torch.device) -> Tensor:
    """Embed texts with gradients, in bf16 where the device has it."""
    ids, mask = padded(tokens, device)
    with torch.autocast(device.type, torch.bfloat16):
        vectors: Tensor = run.student(ids, mask)
    return vectors


def press_loss(run: Optimisation, asked: Sequence[Asked], in_french: bool, settings: Settings) -> Tensor:
    """Return the loss of one batch of entries, its passages and near misses being each other's negatives."""
    device = run.student.token_vectors.device
    questions = [side for entry in asked for question in entry.questions for side in question]
    answers = [row for row, entry in enumerate(asked) for _ in range(2 * len(entry.questions))]
    passages = embed_texts(run, [entry.french if in_french else entry.english for entry in asked], device)
    near_misses = embed_texts(run, [entry.near_miss for entry in asked], device)
    return question_loss(
        embed_texts(run, questions, device),
        torch.cat([passages, near_misses]),
        torch.tensor(answers, device=device),
        settings.press_temperature,
    )


def teach(
    run: Optimisation, asked: Sequence[Asked], texts: Texts, rows: Sequence[int], settings: Settings
) -> None:
    """Train the student of ``run`` on questions and replayed parallel text until its time is over."""
    bank = torch.from_numpy(texts.target).to(run.student.token_vectors.device)
    draw = np.random.default_rng(settings.seed + run.step)
    entries = entry_batches(len(asked), settings.press_entries, settings.seed + run.step)
    parallel = batches_from(texts, rows, settings, run.step * settings.step_batches)
    progress = tqdm(total=100, disable=None, unit="%", desc="press")
    while run.progress < 1:
        tasks = [
            partial(
                press_loss, run, [asked[row] for row in next(entries)], draw.random() < FRENCH_SHARE, settings
            )
            for _ in range(PRESS_TASKS)
        ]
        run.update(tasks + replay(run, texts, parallel, bank, settings))
        progress.update(int(100 * run.progress) - progress.n)
    run.finish()
