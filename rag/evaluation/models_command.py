"""What `ibid compare-models` does: measure each model on the same texts, and show one table."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from embeddings import Encoder
from rag.evaluation.bitext import load_parallel
from rag.evaluation.material import Material, gather
from rag.evaluation.models import Figures, measure
from rag.evaluation.named import check_prefixes
from rag.output import put
from rag.terminal import plain

PIPE_WIDTH = 120  # columns where the output is no terminal, so that no table is folded


@dataclass(frozen=True, slots=True)
class ModelsRequest:
    """What is asked of `ibid compare-models`.

    Attributes:
        names: the models, each "bundled", a folder or a hub id, with prefixes or without (see `named`).
        gold: the gold set.
        articles: the articles it was written for.
        split: "dev", "test" or "all".
        parallel: English TAB French, plain or gzip; without it no bitext accuracy is shown.
        passage_tokens: words and marks of a passage, at most.
        json: print JSON instead of the table.

    """

    names: tuple[str, ...]
    gold: Path
    articles: Path
    split: str = "test"
    parallel: Path | None = None
    passage_tokens: int = 120
    json: bool = False


def compare_models_command(request: ModelsRequest, load: Callable[[str], Encoder]) -> int:
    """Compare models and print the result; return 0.

    Args:
        request: what to compare, on what.
        load: gives the encoder of a name.

    Raises:
        NoInput: a file does not exist or holds nothing to measure on.
        BadData: a file cannot be understood, or gold set and articles do not belong together.

    """
    parallel = load_parallel(request.parallel) if request.parallel else None
    material = gather(request.gold, request.split, request.articles, parallel, request.passage_tokens)
    # All are loaded before any is measured: a wrong name should not cost a whole run.
    encoders = {name: load(name) for name in dict.fromkeys(request.names)}
    for name, encoder in encoders.items():
        check_prefixes(name, encoder)
    figures = [measure(name, encoders[name], material) for name in _bar(list(encoders))]
    if request.json:
        put(json.dumps(_as_json(figures, material, request), ensure_ascii=False) + "\n")
    else:
        _print(figures, material, request)
    return 0


def _bar(names: Sequence[str]) -> Iterable[str]:
    console = Console(stderr=True)
    return track(names, "measuring", console=console, transient=True, disable=not console.is_terminal)


def _as_json(figures: Sequence[Figures], material: Material, request: ModelsRequest) -> dict[str, Any]:
    pairs = len(material.parallel.english) if material.parallel else 0
    return {
        "gold": {"file": request.gold.name, "sha256": material.gold.sha256, "split": request.split},
        "questions": len(material.questions),
        "passages": len(material.passages),
        "unreachable": material.unreachable,
        "parallel": {"file": request.parallel.name, "pairs": pairs} if request.parallel else None,
        "models": [asdict(one) for one in figures],
    }


def _print(figures: Sequence[Figures], material: Material, request: ModelsRequest) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPE_WIDTH)
    caption = (
        f"{request.gold.name}, {request.split}: {len(material.questions)} questions over "
        f"{len(material.passages)} passages, by meaning alone; one thread"
    )
    console.print(Text(plain(caption)))
    table = Table("", box=SIMPLE_HEAD, pad_edge=False)
    for one in figures:
        table.add_column(Text(plain(one.name)), justify="right", overflow="fold")
    for heading, *cells in _rows(figures, material):
        table.add_row(heading, *cells)
    console.print(table)
    if material.unreachable:
        console.print(f"{material.unreachable} answers stand whole in no passage and count as missed")


def _rows(figures: Sequence[Figures], material: Material) -> Iterator[list[str]]:
    yield ["dimension", *(str(one.dimension) for one in figures)]
    yield ["size on disk, MB", *(_rounded(one.megabytes, 1) for one in figures)]
    if material.parallel:
        pairs = f"bitext, {len(material.parallel.english)} pairs: "
        measured = [one.bitext for one in figures if one.bitext]
        yield [pairs + "English to French", *(_rounded(one.english_to_french, 3) for one in measured)]
        yield [pairs + "French to English", *(_rounded(one.french_to_english, 3) for one in measured)]
    for language in material.qrels:
        for name in figures[0].retrieval[language]:
            values = (one.retrieval[language][name] for one in figures)
            yield [f"questions in {language!r}: {name}", *(_rounded(value, 3) for value in values)]
    yield ["one question, ms (median)", *(_rounded(one.question_ms, 2) for one in figures)]
    yield ["passages a second", *(_rounded(one.passages_per_second, 1) for one in figures)]


def _rounded(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"
