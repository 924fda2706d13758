"""Batches of similar length, measured in tokens: padding is what costs most on a CPU."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def by_tokens(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Group the indices of ``lengths``, longest first, so that rows x longest row stays within ``budget``.

    A text longer than the budget makes a batch of its own.
    """
    order = np.argsort(lengths, kind="stable")[::-1]
    batches: list[list[int]] = []
    for index in order.tolist():
        fits = bool(batches) and (len(batches[-1]) + 1) * lengths[batches[-1][0]] <= budget
        if fits:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


def padded(tokens: Sequence[Sequence[int]], device: torch.device) -> tuple[Tensor, Tensor]:
    """Return ids and attention mask, int64 (batch, longest), padded with the id 0 of ``[PAD]``."""
    longest = max(len(ids) for ids in tokens)
    ids = torch.zeros((len(tokens), longest), dtype=torch.int64)
    mask = torch.zeros_like(ids)
    for row, values in enumerate(tokens):
        ids[row, : len(values)] = torch.tensor(values, dtype=torch.int64)
        mask[row, : len(values)] = 1
    return ids.to(device), mask.to(device)
