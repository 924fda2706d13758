"""Distillation (Reimers and Gurevych 2020): both languages land where the teacher puts English.

The teacher does not move, so its vectors are made once and thousands of them serve as negatives at every
step.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from embeddings.training.batches import by_tokens, padded
from embeddings.training.optimisation import Optimisation
from embeddings.training.settings import Settings

# Two English sentences closer than this say the same: neither is a negative of the other.
SAME = 0.98
# Direction matters more than margin once the contrast is small; equal weights left the cosine behind.
COSINE_WEIGHT = 3.0
# Texts of one length come from a pool of this many, so that batches are of one length and still mixed.
POOL = 8_192


@dataclass(frozen=True)
class Texts:
    """Token ids of the pairs in both languages and the teacher's vectors of their English, row by row."""

    english: Sequence[list[int]]
    french: Sequence[list[int]]
    target: NDArray[np.float32]


def pass_batches(
    texts: Texts, rows: Sequence[int], seed: int, budget: int, english_share: float
) -> Iterator[list[tuple[int, bool]]]:
    """Yield the batches of one pass, each a list of (row, is English), in an order set by ``seed``."""
    draw = np.random.default_rng(seed)
    english = draw.random(len(rows)) < english_share
    items = list(zip([*rows], [False] * len(rows), strict=True))
    items += [(row, True) for row, chosen in zip(rows, english, strict=True) if chosen]
    order = draw.permutation(len(items))
    for start in range(0, len(order), POOL):
        pool = [items[index] for index in order[start : start + POOL]]
        lengths = [len((texts.english if is_english else texts.french)[row]) for row, is_english in pool]
        batches = by_tokens(lengths, budget)
        for index in draw.permutation(len(batches)):
            yield [pool[position] for position in batches[index]]


def loss_of(found: Tensor, wanted: Tensor, negatives: Tensor, temperature: float) -> Tensor:
    """InfoNCE of found against wanted (batch, dimension) and negatives (n, dimension), plus the cosine loss.

    All rows are of unit norm. Candidates that the teacher holds to be the same as the wanted one do not
    count.
    """
    candidates = torch.cat([wanted, negatives])
    same = wanted @ candidates.T > SAME
    same.fill_diagonal_(False)
    scores = (found @ candidates.T / temperature).masked_fill(same, -torch.inf)
    target = torch.arange(len(found), device=found.device)
    cosine = 1 - (found * wanted).sum(-1).mean()
    return nn.functional.cross_entropy(scores, target) + COSINE_WEIGHT * cosine


def batches_from(
    texts: Texts, rows: Sequence[int], settings: Settings, skip: int, english_share: float
) -> Iterator[list[tuple[int, bool]]]:
    """Yield batches, pass after pass without end; leave out the first ``skip``, done in an earlier run."""
    number = 0
    while True:
        for batch in pass_batches(texts, rows, settings.seed + number, settings.batch_tokens, english_share):
            if skip > 0:
                skip -= 1
            else:
                yield batch
        number += 1


def batch_loss(
    run: Optimisation,
    texts: Texts,
    batch: list[tuple[int, bool]],
    bank: Tensor,
    chosen: Tensor,
    temperature: float,
) -> Tensor:
    """Return the loss of one batch; rows ``chosen`` of the ``bank`` (n, dimension) are negatives."""
    tokens = [(texts.english if is_english else texts.french)[row] for row, is_english in batch]
    ids, mask = padded(tokens, bank.device)
    with torch.autocast(bank.device.type, torch.bfloat16):
        found = run.student(ids, mask)
    return loss_of(found, bank[[row for row, _ in batch]], bank[chosen], temperature)


def replay(
    run: Optimisation,
    texts: Texts,
    batches: Iterator[list[tuple[int, bool]]],
    bank: Tensor,
    settings: Settings,
) -> list[Callable[[], Tensor]]:
    """Return the tasks of one step: the losses of the next batches, each with negatives drawn for it."""
    draw = torch.Generator().manual_seed(settings.seed + run.step)
    tasks: list[Callable[[], Tensor]] = []
    for batch in islice(batches, settings.step_batches):
        chosen = torch.randint(len(bank), (settings.distil_negatives,), generator=draw)
        tasks.append(partial(batch_loss, run, texts, batch, bank, chosen, settings.distil_temperature))
    return tasks


def distil(run: Optimisation, texts: Texts, rows: Sequence[int], settings: Settings) -> None:
    """Train the student of ``run`` until its time is over."""
    bank = torch.from_numpy(texts.target).to(run.student.token_vectors.device)
    done = run.step * settings.step_batches
    batches = batches_from(texts, rows, settings, done, settings.distil_english)
    progress = tqdm(total=100, initial=int(100 * run.progress), disable=None, unit="%", desc="distil")
    while run.progress < 1:
        run.update(replay(run, texts, batches, bank, settings))
        progress.update(int(100 * run.progress) - progress.n)
    run.finish()
