"""Mean pooling over the tokens of a text, scaled to unit length."""

import torch
from torch import Tensor


def unit_mean(states: Tensor, mask: Tensor) -> Tensor:
    """Average ``states`` (batch, sequence, dimension) where ``mask`` (batch, sequence) is 1; unit norm."""
    weight = mask.unsqueeze(-1).to(states.dtype)
    mean = (states * weight).sum(1) / weight.sum(1).clamp(min=1.0)
    return torch.nn.functional.normalize(mean, dim=-1)
