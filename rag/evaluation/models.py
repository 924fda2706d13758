"""Models side by side: languages, dense retrieval alone, speed and size, on the same texts."""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import ir_measures
import numpy as np
from ir_measures import RR, ScoredDoc, Success

from embeddings import Encoder, Vectors
from rag.evaluation.bitext import Accuracy, bitext_accuracy
from rag.evaluation.material import Material
from rag.evaluation.measures import qrels_of
from rag.evaluation.named import read_name
from rag.evaluation.qrels import passage_id

DEPTH = 10  # passages kept of each question: what MRR@10 looks at
WARM_UP = "Who?"  # the first call of a model allocates memory: not timed
MEASURES = {Success @ 1: "Success@1", Success @ 5: "Success@5", RR @ 10: "MRR@10"}
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one model.

    Attributes:
        name: as it was given.
        fingerprint: digest of weights, tokenizer and prefixes.
        dimension: length of a vector.
        megabytes: size of its files on disk, None where they are not found.
        bitext: of the parallel text, None where none is given.
        retrieval: language of the questions -> measure -> value.
        question_ms: median time to embed one question.
        passages_per_second: passages of the articles embedded in a second.

    """

    name: str
    fingerprint: str
    dimension: int
    megabytes: float | None
    bitext: Accuracy | None
    retrieval: Mapping[str, Mapping[str, float]]
    question_ms: float
    passages_per_second: float


def measure(name: str, encoder: Encoder, material: Material) -> Figures:
    """Measure one model on one thread."""
    use_one_thread()
    encoder.encode_queries([WARM_UP])
    started = time.perf_counter()
    passages = encoder.encode_passages(material.texts)
    seconds = time.perf_counter() - started
    vectors, times = _encode_one_by_one(encoder, [question.text for question in material.questions])
    return Figures(
        name=name,
        fingerprint=encoder.fingerprint,
        dimension=encoder.dimension,
        megabytes=size_on_disk(read_name(name).model),
        bitext=bitext_accuracy(encoder, material.parallel) if material.parallel else None,
        retrieval=_retrieval(material, vectors, passages),
        question_ms=median(times),
        passages_per_second=len(material.texts) / seconds,
    )


def size_on_disk(name: str) -> float | None:
    """Return the size of a model's files in megabytes, None where they are not on this machine.

    Of a hub model, the files in the local hub cache: those that were fetched to use it.
    """
    folder = _folder(name)
    if folder is None:
        return None
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / MEGABYTE


def use_one_thread() -> None:
    """Hold torch to one thread where a model has loaded it; the bundled runtime has one anyway."""
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)


def _encode_one_by_one(encoder: Encoder, texts: Sequence[str]) -> tuple[Vectors, list[float]]:
    """Return the vectors of the questions and the milliseconds each took, as when they are asked."""
    vectors = np.empty((len(texts), encoder.dimension), dtype=np.float32)
    times = []
    for row, text in enumerate(texts):
        started = time.perf_counter()
        vectors[row] = encoder.encode_queries([text])[0]
        times.append((time.perf_counter() - started) * 1000)
    return vectors, times


def _retrieval(material: Material, questions: Vectors, passages: Vectors) -> dict[str, dict[str, float]]:
    """Rank all passages by cosine, equal ones in reading order; return language -> measure -> value."""
    names = [passage_id(passage) for passage in material.passages]
    # In double precision, or equal passages would differ in the last digit by their place.
    order = np.argsort(-(questions.astype(np.float64) @ passages.astype(np.float64).T), kind="stable")
    run = [
        ScoredDoc(question.id, names[place], 1 / rank)
        for question, places in zip(material.questions, order, strict=True)
        for rank, place in enumerate(places[:DEPTH], 1)
    ]
    values = {}
    for language, qrels in material.qrels.items():
        asked = [scored for scored in run if scored.query_id in qrels.held]
        found = ir_measures.calc_aggregate(list(MEASURES), qrels_of(qrels), asked)
        values[language] = {MEASURES[measure]: float(found[measure]) for measure in MEASURES}
    return values


def _folder(name: str) -> Path | None:
    from embeddings.loading import BUNDLED

    if name == "bundled":
        return BUNDLED
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    # sentence-transformers looks up a name without owner under its own.
    for repository in (name, f"sentence-transformers/{name}"):
        try:
            return Path(snapshot_download(repository, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    return None
