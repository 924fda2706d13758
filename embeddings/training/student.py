"""The student: the teacher's transformer under a bilingual vocabulary, kept as safetensors."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from embeddings.training.pooling import unit_mean

WEIGHTS = "student.safetensors"
ARCHITECTURE = "config.json"


class Student(nn.Module):
    """BERT with mean pooling and unit length: ids and mask (batch, sequence) to float32 (batch, 384)."""

    def __init__(self, config: BertConfig) -> None:
        """Make an untrained student of the given architecture."""
        super().__init__()
        config._attn_implementation = "eager"
        self.network = BertModel(config, add_pooling_layer=False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Embed token ids; rows of unit norm."""
        states = self.network(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return unit_mean(states.float(), attention_mask)

    @property
    def token_vectors(self) -> Tensor:
        """The token embedding table, (vocabulary, 384)."""
        return self.network.embeddings.word_embeddings.weight


def start_from(teacher: BertModel, tokens: Tensor) -> Student:
    """Return a student with the teacher's transformer and the given token vectors (vocabulary, 384)."""
    config = BertConfig.from_dict(teacher.config.to_dict() | {"vocab_size": len(tokens)})
    student = Student(config)
    weights = {name: value for name, value in teacher.state_dict().items() if "word_embeddings" not in name}
    weights["embeddings.word_embeddings.weight"] = tokens
    student.network.load_state_dict(weights)
    return student


def save_student(student: Student, folder: Path) -> None:
    """Write the student's architecture and weights into ``folder``."""
    student.network.config.to_json_file(folder / ARCHITECTURE)
    save_file({name: value.contiguous() for name, value in student.state_dict().items()}, folder / WEIGHTS)


def blend(first: Path, second: Path, share: float, folder: Path) -> None:
    """Write the mean of two students' weights into ``folder``, ``share`` of it from ``second``.

    Weights fine-tuned from the same start can be averaged (Wortsman et al. 2022, WiSE-FT).
    """
    left, right = load_file(first / WEIGHTS), load_file(second / WEIGHTS)
    mixed = {name: torch.lerp(value, right[name], share) for name, value in left.items()}
    save_file(mixed, folder / WEIGHTS)
    (folder / ARCHITECTURE).write_bytes((first / ARCHITECTURE).read_bytes())


def load_student(folder: Path, device: torch.device) -> Student:
    """Read a student written by ``save_student``, in evaluation mode: distillation needs no dropout."""
    weights = load_file(folder / WEIGHTS)
    student = Student(BertConfig.from_json_file(folder / ARCHITECTURE))
    student.load_state_dict(weights)
    # A batch touches a few hundred of 40,000 token vectors: a dense gradient of them all is a tenth of a
    # step's time.
    student.network.embeddings.word_embeddings.sparse = True
    return student.to(device).eval()
