"""Question to passage: contrastive training on the press set, with parallel text replayed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from embeddings.training.batches import by_tokens, padded
from embeddings.training.distillation import Texts, batches_from, replay
from embeddings.training.optimisation import Optimisation
from embeddings.training.settings import Settings

# English questions over English passages are what the teacher does already: a reminder now and then will do.
ENGLISH_EVERY = 4
ALL_TOKENS = 8_192
# Without it four minutes of questions took the cosine with the teacher on other English sentences from 0.939
# to 0.896.
ANCHOR = 6.0
# Batches of entries a step, beside the batches of parallel text.
PRESS_TASKS = 2


@dataclass(frozen=True)
class Asked:
    """A press entry as token ids, with the teacher's vectors of its English.

    Questions are pairs (English, French); ``passage_target`` is (dimension,), ``question_targets``
    (questions, dimension), both float32.
    """

    french: list[int]
    english: list[int]
    near_miss: list[int]
    questions: list[tuple[list[int], list[int]]]
    passage_target: NDArray[np.float32]
    question_targets: NDArray[np.float32]


def question_loss(questions: Tensor, answers: Tensor, passages: Tensor, temperature: float) -> Tensor:
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


def embed_all(run: Optimisation, tokens: Sequence[list[int]]) -> Tensor:
    """Embed texts without gradients, (texts, dimension)."""
    device = run.student.token_vectors.device
    found = torch.empty(len(tokens), run.student.token_vectors.shape[1], device=device)
    with torch.no_grad():
        for rows in by_tokens([len(ids) for ids in tokens], ALL_TOKENS):
            found[rows] = embed_texts(run, [tokens[row] for row in rows], device)
    return found


def anchored(found: Tensor, wanted: list[NDArray[np.float32]]) -> Tensor:
    """Return ``ANCHOR`` times the mean cosine distance of (n, dimension) vectors from the teacher's."""
    target = torch.from_numpy(np.stack(wanted)).to(found.device)
    return ANCHOR * (1 - (found[: len(target)] * target).sum(-1).mean())


def press_loss(
    run: Optimisation, asked: Sequence[Asked], rows: list[int], memory: Tensor, temperature: float
) -> Tensor:
    """Return the loss of the questions of some entries against all French passages and near misses.

    ``memory`` (2 x entries, dimension) holds the latest vectors of the passages, then of the near misses;
    those of ``rows`` are embedded anew, the others move too little in between to matter (memory bank, Wu et
    al. 2018).
    """
    chosen = [asked[row] for row in rows]
    fresh = [entry.french for entry in chosen] + [entry.near_miss for entry in chosen]
    places = rows + [len(asked) + row for row in rows]
    passages = embed_texts(run, fresh, memory.device)
    others = torch.ones(len(memory), dtype=torch.bool, device=memory.device)
    others[places] = False
    candidates = torch.cat([passages, memory[others]])
    memory[places] = passages.detach()
    loss = asked_loss(run, chosen, [0, 1], candidates, temperature)
    return loss + anchored(passages, [entry.passage_target for entry in chosen])


def english_loss(run: Optimisation, asked: Sequence[Asked], rows: list[int], temperature: float) -> Tensor:
    """Return the loss of the English questions of some entries against their English passages."""
    chosen = [asked[row] for row in rows]
    passages = embed_texts(run, [entry.english for entry in chosen], run.student.token_vectors.device)
    loss = asked_loss(run, chosen, [0], passages, temperature)
    return loss + anchored(passages, [entry.passage_target for entry in chosen])


def asked_loss(
    run: Optimisation, chosen: Sequence[Asked], sides: list[int], passages: Tensor, temperature: float
) -> Tensor:
    """Return the anchored loss of the questions of ``chosen`` in the languages ``sides``.

    The first rows of ``passages`` (n, dimension) are the answers, in the order of ``chosen``.
    """
    questions, answers, targets = [], [], []
    for row, entry in enumerate(chosen):
        for question, target in zip(entry.questions, entry.question_targets, strict=True):
            questions += [question[side] for side in sides]
            answers += [row] * len(sides)
            targets += [target] * len(sides)
    vectors = embed_texts(run, questions, passages.device)
    right = torch.tensor(answers, device=passages.device)
    return question_loss(vectors, right, passages, temperature) + anchored(vectors, targets)


def teach(
    run: Optimisation, asked: Sequence[Asked], texts: Texts, rows: Sequence[int], settings: Settings
) -> None:
    """Train the student of ``run`` on questions and replayed parallel text until its time is over."""
    bank = torch.from_numpy(texts.target).to(run.student.token_vectors.device)
    memory = embed_all(run, [entry.french for entry in asked] + [entry.near_miss for entry in asked])
    entries = entry_batches(len(asked), settings.press_entries, settings.seed + run.step)
    done = run.step * settings.step_batches
    parallel = batches_from(texts, rows, settings, done, settings.press_english)
    progress = tqdm(total=100, disable=None, unit="%", desc="press")
    while run.progress < 1:
        heat = settings.press_temperature
        tasks = [partial(press_loss, run, asked, next(entries), memory, heat) for _ in range(PRESS_TASKS)]
        if run.step % ENGLISH_EVERY == 0:
            tasks.append(partial(english_loss, run, asked, next(entries), heat))
        run.update(tasks + replay(run, texts, parallel, bank, settings))
        progress.update(int(100 * run.progress) - progress.n)
    run.finish()
