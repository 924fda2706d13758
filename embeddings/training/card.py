"""The model card: the text in ``card.md``, a table of what was measured, the record of the run."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from embeddings.training.settings import Folders, Settings
from embeddings.training.steps import RESULTS

STEPS = ("data", "static", "lexicon", "transplant", "distil", "soup", "press", "blend", "export", "evaluate")
Results = Mapping[str, Any]


def both(values: list[float]) -> str:
    """Return two accuracies as one cell."""
    return " / ".join(f"{value:.3f}" for value in values)


def table(found: Results) -> str:
    """Return the measured figures as Markdown; ``found`` is what the step ``evaluate`` wrote."""
    press, teacher = found["press"], found["press_teacher"]
    drift, speed = found["int8_drift"], found["speed"]
    lines = [
        "| measure, int8 as shipped | this model | all-MiniLM-L6-v2 |",
        "|---|---|---|",
        *(
            f"| `{source}`, right sentence first, English to French / French to English "
            f"| {both(values)} | {both(found['bitext_teacher'][source])} |"
            for source, values in found["bitext"].items()
        ),
        *(
            f"| `press`, unseen quarter, {language} questions, Success@1 / @5 "
            f"| {both([press[f'{language} S@1'], press[f'{language} S@5']])} | {cell} |"
            for language, cell in (
                ("english", both([teacher["english S@1"], teacher["english S@5"]]) + " (*)"),
                ("french", "-"),
            )
        ),
        f"| cosine with the teacher, English sentences | {found['cosine_to_teacher_english']:.4f} | 1 |",
        f"| cosine of int8 with fp32, French sentences, mean / lowest "
        f"| {drift['mean']:.4f} / {drift['lowest']:.4f} | |",
        f"| one question, ms on one thread "
        f"| {speed['int8 question ms']} | {speed['torch question ms']} (**) |",
        f"| a passage of 150 tokens, ms on one thread "
        f"| {speed['int8 passage ms']} | {speed['torch passage ms']} (**) |",
    ]
    return "\n".join(lines)


def measured(found: Results) -> str:
    """Return the section of the card that holds the figures and says how they were made."""
    return f"""
## Measured

`python -m embeddings.training evaluate --output training-output`

{table(found)}

From the repository, with what is shipped: `python tests/benchmarks/encoding.py` gives the speed on an idle
machine, `python tests/benchmarks/adversarial.py` near misses by kind, `python tests/benchmarks/languages.py`
the gold set by meaning alone and the teacher's ranking of English questions, `ibid compare-models bundled
FOLDER --parallel FILE` this table for another model.

`press` is searched among all its French passages and near misses; (*) the teacher's English questions over
the English translations, without near misses. (**) This model's fp32 weights in torch, in the same run. Times
were taken on a machine that other work shared.
"""


def written(folders: Folders, settings: Settings) -> None:
    """Write the card into the bundle."""
    text = (files("embeddings.training") / "card.md").read_text(encoding="utf-8")
    results = {name: json.loads((folders.step(name) / RESULTS).read_text(encoding="utf-8")) for name in STEPS}
    record = json.dumps({"settings": settings.as_dict(), **results}, indent=1, ensure_ascii=False)
    card = text.replace("@RESULTS@", measured(results["evaluate"])).replace("@RECORD@", record)
    (folders.bundle / "README.md").write_text(card, encoding="utf-8")
