"""The command line: ``python -m embeddings.training STEP [--parallel F] [--output F]``."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

from embeddings.training import card, shipping, steps
from embeddings.training.settings import Folders, Settings

STEPS: dict[str, Callable[[Folders, Settings], None]] = {
    "data": steps.data,
    "static": steps.static_vectors,
    "lexicon": steps.lexicon,
    "transplant": steps.transplanted,
    "distil": steps.distilled,
    "soup": steps.averaged,
    "press": steps.pressed,
    "blend": steps.blended,
    "export": shipping.exported,
    "evaluate": shipping.evaluated,
    "card": card.written,
}
EXTRA = {"sentence-transformers": shipping.as_sentence_transformers}


def parser() -> argparse.ArgumentParser:
    """Return the argument parser; every setting is an option of its own."""
    made = argparse.ArgumentParser(prog="python -m embeddings.training", description=__doc__)
    made.add_argument(
        "step", choices=[*STEPS, *EXTRA, "all"], help="all: every step in order, finished ones skipped"
    )
    made.add_argument("--parallel", type=Path, default=Path("parallel"), help="folder of parallel text")
    made.add_argument(
        "--output", type=Path, default=Path("training-output"), help="folder of what the steps make"
    )
    made.add_argument(
        "--bundle", type=Path, default=Path("embeddings/bundled"), help="folder of the shipped model"
    )
    made.add_argument("--other", type=Path, help="output of another run, for the step soup")
    for field in fields(Settings):
        name = f"--{field.name.replace('_', '-')}"
        made.add_argument(
            name, type=type(field.default), default=field.default, help=f"default: {field.default}"
        )
    return made


def main(arguments: list[str]) -> None:
    """Run one step, or all of them."""
    chosen = parser().parse_args(arguments)
    folders = Folders(chosen.parallel, chosen.output, chosen.bundle, chosen.other)
    settings = replace(Settings(), **{field.name: getattr(chosen, field.name) for field in fields(Settings)})
    if chosen.step != "all":
        (STEPS | EXTRA)[chosen.step](folders, settings)
        return
    for name, step in STEPS.items():
        if not (folders.step(name) / steps.RESULTS).exists():
            step(folders, settings)


if __name__ == "__main__":
    main(sys.argv[1:])
