"""Static bilingual token vectors: a text is the mean of its tokens', learned from parallel text."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from tqdm import tqdm

from embeddings.training.settings import Settings

# A mean over more tokens than this says little about any of them.
MAX_TOKENS = 64

# The usual start, a normal distribution of deviation 1, is longer than anything Adam adds to it in six
# passes: words and translations stay apart (company–entreprise 0.36 against 0.58, Maroc–Morocco 0.49
# against 0.81, and 0.62 against 0.78 of europarl_dev right after the transplant).
START = 0.1


def token_ids(tokenizer: Tokenizer, texts: Sequence[str]) -> list[NDArray[np.int32]]:
    """Return the token ids of each text without ``[CLS]`` and ``[SEP]``, cut at ``MAX_TOKENS``."""
    encodings = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
    return [np.array(encoding.ids[:MAX_TOKENS], dtype=np.int32) for encoding in encodings]


def flat(bags: Sequence[NDArray[np.int32]], device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the ids of all bags in one row and the offset of each bag, as ``nn.EmbeddingBag`` wants them."""
    lengths = np.array([len(bag) for bag in bags])
    offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return torch.from_numpy(np.concatenate(bags)).to(device), torch.from_numpy(offsets).to(device)


def contrastive(left: Tensor, right: Tensor, temperature: float) -> Tensor:
    """Symmetric InfoNCE of two aligned sides (batch, dimension), the rest of the batch as negatives."""
    scores = nn.functional.normalize(left, dim=-1) @ nn.functional.normalize(right, dim=-1).T / temperature
    target = torch.arange(len(scores), device=scores.device)
    cross_entropy = nn.functional.cross_entropy
    return (cross_entropy(scores, target) + cross_entropy(scores.T, target)) / 2


def train_static(
    english: list[NDArray[np.int32]],
    french: list[NDArray[np.int32]],
    vocabulary: int,
    settings: Settings,
    device: torch.device,
) -> NDArray[np.float32]:
    """Learn one vector per token; returns shape (vocabulary, static_dimension).

    Both sides of a pair share the table, so that a word and its translation meet. Adam decays linearly to
    zero.
    """
    torch.manual_seed(settings.seed)
    order = np.random.default_rng(settings.seed)
    bag = nn.EmbeddingBag(vocabulary, settings.static_dimension, mode="mean").to(device)
    nn.init.normal_(bag.weight, std=START)
    optimizer = torch.optim.Adam(bag.parameters(), lr=settings.static_rate)
    steps = settings.static_passes * (len(english) // settings.static_batch)
    decay = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=max(steps, 1))
    progress = tqdm(total=steps, disable=None, desc="static")
    for _ in range(settings.static_passes):
        rows = order.permutation(len(english))
        for start in range(0, len(rows) - settings.static_batch + 1, settings.static_batch):
            batch = rows[start : start + settings.static_batch]
            left = bag(*flat([english[row] for row in batch], device))
            right = bag(*flat([french[row] for row in batch], device))
            loss = contrastive(left, right, settings.static_temperature)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            decay.step()
            progress.update()
            progress.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
    return bag.weight.detach().cpu().numpy()


def text_vectors(table: NDArray[np.float32], bags: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
    """Return the unit mean of each bag's vectors, shape (texts, dimension)."""
    means = np.stack([table[bag].mean(0) if len(bag) else np.zeros(table.shape[1]) for bag in bags])
    scaled: NDArray[np.float32] = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    return scaled.astype(np.float32)
