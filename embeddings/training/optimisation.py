"""One stretch of training: falling rates, averaged weights, a state to resume from."""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from embeddings.training.student import Student, save_student

# The first steps move untried token vectors: the rate rises over this share of the run.
WARM_UP = 0.02
# A saved state takes a third of a second.
SAVE_SECONDS = 60.0
LARGEST_GRADIENT = 1.0


def workers() -> int:
    """Return how many tasks run at once: one a core on a CPU, each on one thread, and one on a GPU.

    Two threads in one operation wait for each other at its end; on a busy machine that cost half of the time.
    """
    if torch.cuda.is_available():
        return 1
    torch.set_num_threads(1)
    return os.cpu_count() or 1


class Optimisation:
    """Trains a student for a planned time; the rate falls linearly with the share of it that has passed.

    The plan is wall-clock time, so that the last steps are small on a fast machine and on a busy one.
    """

    def __init__(
        self, student: Student, rates: tuple[float, float], minutes: float, decay: float, folder: Path
    ) -> None:
        """Start, or resume where ``folder`` holds an earlier state.

        ``rates`` are those of the token vectors and of the rest; ``decay`` is the share of the average kept a
        step.
        """
        self.student, self.folder, self.seconds = student, folder, minutes * 60
        self.rates, self.decay = rates, decay
        self.step, self.spent = 0, 0.0
        self.losses: list[float] = []
        self.parameters = list(student.parameters())
        self.gradients = [torch.zeros_like(parameter, requires_grad=False) for parameter in self.parameters]
        self.workers, self.lock = ThreadPoolExecutor(workers()), Lock()
        tokens = student.token_vectors
        body = [value for value in student.parameters() if value is not tokens]
        groups: list[dict[str, Any]] = [{"params": [tokens]}, {"params": body}]
        self.adam = torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
        self.average = {name: value.detach().clone() for name, value in student.state_dict().items()}
        if (folder / "state.json").exists():
            self._resume()
        self._last = self._saved = time.monotonic()

    @property
    def progress(self) -> float:
        """The share of the planned time that has passed, 0 to 1."""
        return min(self.spent / self.seconds, 1.0)

    def update(self, tasks: Sequence[Callable[[], Tensor]]) -> None:
        """Take one step down the mean gradient of the losses of ``tasks``; save the state now and then."""
        rise = min(self.progress / WARM_UP, 1.0)
        for group, rate in zip(self.adam.param_groups, self.rates, strict=True):
            group["lr"] = rate * max(rise, 0.01) * (1 - self.progress)
        for total in self.gradients:
            total.zero_()
        losses = list(self.workers.map(self._add_gradient, tasks))
        for parameter, total in zip(self.parameters, self.gradients, strict=True):
            parameter.grad = total.div_(len(tasks))
        torch.nn.utils.clip_grad_norm_(self.parameters, LARGEST_GRADIENT)
        self.adam.step()
        self._average()
        self.losses.append(sum(losses) / len(losses))
        now = time.monotonic()
        self.step, self.spent, self._last = self.step + 1, self.spent + now - self._last, now
        if now - self._saved > SAVE_SECONDS:
            self.save()

    def _add_gradient(self, task: Callable[[], Tensor]) -> float:
        """Run one task, add its gradient to the step's, return its loss."""
        loss = task()
        gradients = torch.autograd.grad(loss, self.parameters)
        with self.lock, torch.no_grad():
            for total, gradient in zip(self.gradients, gradients, strict=True):
                total.add_(gradient)
        return loss.item()

    @torch.no_grad()
    def _average(self) -> None:
        """Move the averaged weights towards the present ones, faster in the first steps."""
        weight = 1 - min(self.decay, (self.step + 1) / (self.step + 10))
        current = self.student.state_dict()
        floating = [name for name, value in current.items() if value.is_floating_point()]
        targets = [self.average[name] for name in floating]
        torch._foreach_lerp_(targets, [current[name] for name in floating], weight)

    def _moments(self) -> Iterator[tuple[str, Tensor]]:
        """Yield the optimiser's tensors under names that stay the same from run to run."""
        for index, value in self.adam.state_dict()["state"].items():
            for key, tensor in value.items():
                yield f"adam.{index}.{key}", tensor

    def save(self) -> None:
        """Write weights, average and optimiser's state; the JSON last, for it says that all is there."""
        weights = {f"now.{name}": value for name, value in self.student.state_dict().items()}
        average = {f"average.{name}": value for name, value in self.average.items()}
        partial = self.folder / "state.partial"
        save_file(weights | average | dict(self._moments()), partial)
        partial.replace(self.folder / "state.safetensors")
        (self.folder / "state.json").write_text(json.dumps({"step": self.step, "seconds": self.spent}))
        mean = sum(self.losses) / max(len(self.losses), 1)
        with (self.folder / "loss.tsv").open("a") as log:
            log.write(f"{self.step}\t{self.spent:.0f}\t{mean:.4f}\n")
        self.losses.clear()
        self._saved = time.monotonic()

    def _resume(self) -> None:
        """Read what ``save`` wrote."""
        saved = json.loads((self.folder / "state.json").read_text())
        self.step, self.spent = saved["step"], saved["seconds"]
        tensors = load_file(self.folder / "state.safetensors")
        self.student.load_state_dict(named(tensors, "now."))
        self.average = named(tensors, "average.")
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in named(tensors, "adam.").items():
            index, key = name.split(".")
            state.setdefault(int(index), {})[key] = tensor
        self.adam.load_state_dict(self.adam.state_dict() | {"state": state})

    def finish(self) -> None:
        """Write the averaged weights as the result of the stretch."""
        self.save()
        self.student.load_state_dict(self.average)
        save_student(self.student, self.folder)


def named(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose name starts with ``prefix``, without it."""
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
