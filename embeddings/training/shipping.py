"""The last steps: write the bundle, measure it as shipped, write its card."""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from embeddings.onnx_encoder import load_session
from embeddings.training import evaluation, parallel, press
from embeddings.training.batches import padded
from embeddings.training.export import save_sentence_transformers, shipped_static
from embeddings.training.settings import Folders, Settings
from embeddings.training.smoothing import largest_inputs
from embeddings.training.steps import device, note, student_tokens
from embeddings.training.student import load_student
from embeddings.training.student_graph import export_graph
from embeddings.training.teacher import MAX_TOKENS, embed, load_teacher

Vectors = NDArray[np.float32]

CONFIG = {
    "name": "ibid-bilingual-fr-en",
    "dimension": 384,
    "max_tokens": MAX_TOKENS,
    "query_prefix": "",
    "passage_prefix": "",
    "languages": ["fr", "en"],
}
# The encoder refuses a file whose digest is not the one its configuration states.
CHECKED = ("model.onnx", "tokenizer.json", "static.npy")
# Channel ranges settle after a few hundred texts.
CALIBRATION_TEXTS = 256
# The teacher's own English is compared on as many sentences.
ENGLISH_SENTENCES = 1_000
SPEED_RUNS = 200
PASSAGE_TOKENS = 150


def golden_texts() -> list[str]:
    """Return the twenty sentences whose vectors are kept beside the model."""
    return (files("embeddings.training") / "phrases" / "golden.txt").read_text(encoding="utf-8").splitlines()


def onnx_embed(model: Path, tokenizer: Tokenizer) -> evaluation.Embed:
    """Return a function that embeds texts one by one with an ONNX file, on one thread."""
    session = load_session(model)

    def run(texts: Sequence[str]) -> Vectors:
        tokens = student_tokens(tokenizer, list(texts))
        return np.concatenate([session.run(None, {"input_ids": np.array([ids])})[0] for ids in tokens])

    return run


def teacher_embed() -> evaluation.Embed:
    """Return a function that embeds texts with the teacher."""
    network, tokenizer = load_teacher()
    return lambda texts: embed(
        network, [found.ids for found in tokenizer.encode_batch(list(texts))], device()
    )


def calibration(folders: Folders, tokenizer: Tokenizer, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield ids and mask of texts of the training data in both languages, one text at a time."""
    pairs = parallel.read_selected(folders.step("data") / "pairs.jsonl")
    chosen = random.Random(seed).sample(pairs, CALIBRATION_TEXTS // 2)
    texts = [side for pair in chosen for side in (pair.english, pair.french)]
    for ids in student_tokens(tokenizer, texts):
        yield padded([ids], torch.device("cpu"))


def exported(folders: Folders, settings: Settings) -> None:
    """Write graph, tokenizer, configuration, static vectors and golden vectors into the bundle."""
    bundle = folders.bundle
    bundle.mkdir(parents=True, exist_ok=True)
    output = folders.step("export")
    tokenizer = Tokenizer.from_file(str(folders.step("data") / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    (bundle / "tokenizer.json").write_text(tokenizer.to_str(pretty=False), encoding="utf-8")
    student = load_student(folders.step("blend"), torch.device("cpu"))
    export_graph(student, output / "fp32.onnx")
    largest = largest_inputs(student, calibration(folders, tokenizer, settings.seed))
    export_graph(student, bundle / "model.onnx", largest)
    table = np.load(folders.step("lexicon") / "static.npy")
    np.save(bundle / "static.npy", shipped_static(table, settings.static_shipped_dimension))
    digests = {name: parallel.sha256(bundle / name) for name in CHECKED}
    config = json.dumps(CONFIG | {"sha256": digests}, indent=1)
    (bundle / "config.json").write_text(config + "\n", encoding="utf-8")
    np.save(bundle / "golden.npy", onnx_embed(bundle / "model.onnx", tokenizer)(golden_texts()))
    golden = json.dumps(golden_texts(), indent=1, ensure_ascii=False)
    (bundle / "golden.json").write_text(golden + "\n", encoding="utf-8")
    note(output, bytes={path.name: path.stat().st_size for path in sorted(bundle.iterdir())})


def milliseconds(call: Callable[[], object]) -> float:
    """Return the median time of ``call`` over ``SPEED_RUNS`` runs, in milliseconds."""
    times = []
    for _ in range(SPEED_RUNS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return 1000 * median(times)


def speeds(run: evaluation.Embed, slow: evaluation.Embed, entries: Sequence[press.Entry]) -> dict[str, float]:
    """Return milliseconds of a question and a long passage, as shipped and in torch, on one thread."""
    question = [entries[0].questions[0][1]]
    words = " ".join(entry.french for entry in entries[:3]).split()
    passage = [" ".join(words[: int(PASSAGE_TOKENS / 1.4)])]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    measured = {
        f"{name} {what} ms": round(milliseconds(partial(call, texts)), 2)
        for name, call in (("int8", run), ("torch", slow))
        for what, texts in (("question", question), ("passage", passage))
    }
    torch.set_num_threads(threads)
    return measured


def evaluated(folders: Folders, settings: Settings) -> None:
    """Measure the shipped files on everything that was held out of training."""
    tokenizer = Tokenizer.from_file(str(folders.bundle / "tokenizer.json"))
    run = onnx_embed(folders.bundle / "model.onnx", tokenizer)
    exact = onnx_embed(folders.step("export") / "fp32.onnx", tokenizer)
    teacher = teacher_embed()
    held_out = {source: list(parallel.read_pairs(folders.parallel, source)) for source in parallel.HELD_OUT}
    english = [pair.english for pair in held_out["europarl_dev"]][:ENGLISH_SENTENCES]
    flores = [pair.french for pair in held_out["flores_dev"]]
    drift = (run(flores) * exact(flores)).sum(1)
    student = load_student(folders.step("blend"), torch.device("cpu"))

    def slow(texts: Sequence[str]) -> Vectors:
        ids = torch.tensor(student_tokens(tokenizer, list(texts)))
        with torch.inference_mode():
            vectors: Vectors = student(ids, torch.ones_like(ids)).numpy()
        return vectors

    entries = press.read_press(folders.parallel)
    test = press.split(entries, settings.seed)["test"]
    note(
        folders.step("evaluate"),
        bitext={source: evaluation.bitext(run, pairs) for source, pairs in held_out.items()},
        bitext_teacher={source: evaluation.bitext(teacher, pairs) for source, pairs in held_out.items()},
        press=evaluation.press_success(run, entries, test),
        press_teacher=evaluation.translated_success(teacher, entries, test),
        cosine_to_teacher_english=float((run(english) * teacher(english)).sum(1).mean()),
        int8_drift={"mean": float(drift.mean()), "lowest": float(drift.min())},
        speed=speeds(run, slow, test),
    )


def as_sentence_transformers(folders: Folders, settings: Settings) -> None:
    """Write the trained weights as a folder for sentence-transformers, into the output folder."""
    tokenizer = Tokenizer.from_file(str(folders.bundle / "tokenizer.json"))
    student = load_student(folders.step("blend"), torch.device("cpu"))
    save_sentence_transformers(student, tokenizer, MAX_TOKENS, folders.step("sentence-transformers"))
