"""The steps of the pipeline: each reads the outputs of those before it and leaves its own in a folder."""

import json
from dataclasses import replace
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from embeddings.training import examples, parallel, press, static, transplant, vocabulary
from embeddings.training.distillation import Texts, distil
from embeddings.training.optimisation import Optimisation
from embeddings.training.parallel import Pair
from embeddings.training.phrasebook import glossary
from embeddings.training.press import Entry
from embeddings.training.questions import Asked, teach
from embeddings.training.settings import Folders, Settings
from embeddings.training.student import blend, load_student, save_student, start_from
from embeddings.training.teacher import MAX_TOKENS, embed, load_teacher

RESULTS = "results.json"
# Glossary words are counted this often when pieces are chosen, so that each gets a piece of its own.
GLOSSARY_WEIGHT = 50
# The project's own passages come as often in the lexicon's text as the press does elsewhere.
OWN_REPEATS = 3


def device() -> torch.device:
    """Return the GPU where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def note(folder: Path, **values: Any) -> None:  # noqa: ANN401 - JSON values of any shape
    """Record what a step did, as JSON in its folder."""
    (folder / RESULTS).write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def data(folders: Folders, settings: Settings) -> None:
    """Select the parallel text, then choose the bilingual vocabulary from it."""
    output = folders.step("data")
    parts = press.split(press.read_press(folders.parallel), settings.seed)
    selected = parallel.select(folders.parallel, settings.law_word_cap, settings.seed)
    pairs = examples.widen(selected, parts["train"], settings.seed)
    parallel.write_pairs(output / "pairs.jsonl", pairs)
    _, teacher_tokenizer = load_teacher()
    french = [pair.french for pair in pairs]
    french += [pair.french for pair in glossary()] * GLOSSARY_WEIGHT
    bilingual = vocabulary.build(teacher_tokenizer, french, settings.vocabulary, settings.french_words)
    bilingual.save(str(output / "tokenizer.json"))
    names = [parallel.file_of(folders.parallel, source) for source in parallel.TRAINED_ON]
    hashes = {path.name: parallel.sha256(path) for path in [*names, folders.parallel / press.FILE]}
    note(output, pairs=len(pairs), sha256=hashes)


def static_vectors(folders: Folders, settings: Settings) -> None:
    """Learn the static bilingual token vectors."""
    pairs = parallel.read_selected(folders.step("data") / "pairs.jsonl")
    english, french = learn_static(folders, "static", pairs, settings)
    uses = [transplant.count_uses(side, settings.vocabulary) for side in (english, french)]
    np.save(folders.step("static") / "uses.npy", np.stack(uses))


def lexicon(folders: Folders, settings: Settings) -> None:
    """Learn the static vectors that are shipped: longer, and from the project's own passages as well."""
    pairs = parallel.read_selected(folders.step("data") / "pairs.jsonl")
    pairs += examples.press_pairs(press.own_entries()) * OWN_REPEATS
    learn_static(folders, "lexicon", pairs, replace(settings, static_passes=settings.lexicon_passes))


def learn_static(
    folders: Folders, name: str, pairs: list[Pair], settings: Settings
) -> list[list[NDArray[np.int32]]]:
    """Learn static vectors from pairs into the folder of a step; return the token ids of both sides."""
    tokenizer = Tokenizer.from_file(str(folders.step("data") / "tokenizer.json"))
    english = static.token_ids(tokenizer, [pair.english for pair in pairs])
    french = static.token_ids(tokenizer, [pair.french for pair in pairs])
    usable = [row for row in examples.static_pass(pairs) if len(english[row]) and len(french[row])]
    left, right = [english[row] for row in usable], [french[row] for row in usable]
    table = static.train_static(left, right, tokenizer.get_vocab_size(), settings, device())
    np.save(folders.step(name) / "static.npy", table)
    note(folders.step(name), pairs=len(usable), passes=settings.static_passes)
    return [english, french]


def transplanted(folders: Folders, settings: Settings) -> None:
    """Give the teacher the bilingual vocabulary."""
    output = folders.step("transplant")
    network, teacher_tokenizer = load_teacher()
    tokenizer = Tokenizer.from_file(str(folders.step("data") / "tokenizer.json"))
    table, (english, french) = (np.load(folders.step("static") / name) for name in ("static.npy", "uses.npy"))
    known = teacher_tokenizer.get_vocab()
    theirs = network.embeddings.word_embeddings.weight.detach().numpy()
    pieces = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    in_teacher = np.array([piece in known for piece, _ in pieces])
    source = np.stack([theirs[known.get(piece, known["[UNK]"])] for piece, _ in pieces])
    kept = transplant.keeps_vector(in_teacher, english, french)
    anchors = np.flatnonzero(kept & (english >= transplant.FEWEST_USES))
    tokens = transplant.transplant(
        source, table, kept, anchors, settings.transplant_neighbours, settings.transplant_temperature
    )
    save_student(start_from(network, torch.from_numpy(tokens)), output)
    note(output, kept=int(kept.sum()), anchors=len(anchors), filled=int((~kept).sum()))


def student_tokens(tokenizer: Tokenizer, texts: list[str]) -> list[list[int]]:
    """Return the token ids of each text with ``[CLS]`` and ``[SEP]``, cut at ``MAX_TOKENS``."""
    tokenizer.enable_truncation(MAX_TOKENS)
    return [encoding.ids for encoding in tokenizer.encode_batch_fast(texts)]


def texts_of(pairs: list[Pair], tokenizer: Tokenizer, folder: Path) -> Texts:
    """Return token ids and teacher's vectors of the pairs; ``folder`` keeps the vectors for the next run."""
    english = [pair.english for pair in pairs]
    digest = sha256("\n".join(english).encode()).hexdigest()[:16]
    kept = folder / f"teacher-{digest}.npy"
    if not kept.exists():
        network, teacher_tokenizer = load_teacher()
        tokens = [encoding.ids for encoding in teacher_tokenizer.encode_batch_fast(english)]
        np.save(kept, embed(network, tokens, device()))
    french = student_tokens(tokenizer, [pair.french for pair in pairs])
    return Texts(student_tokens(tokenizer, english), french, np.load(kept))


def distilled_pairs(folders: Folders, settings: Settings) -> list[Pair]:
    """Return the pairs that the transformer is trained on; the folder of the step keeps them."""
    kept = folders.step("distil") / "pairs.jsonl"
    if not kept.exists():
        selected = parallel.read_selected(folders.step("data") / "pairs.jsonl")
        thinned = examples.thin(selected, (settings.law_cap, settings.manual_cap), settings.seed)
        parallel.write_pairs(kept, thinned + examples.joined(thinned, examples.JOINED_SHARE, settings.seed))
    return parallel.read_selected(kept)


def asked_of(entries: list[Entry], tokenizer: Tokenizer) -> list[Asked]:
    """Return the token ids of press entries and the teacher's vectors of their English."""
    network, teacher_tokenizer = load_teacher()
    english = [[entry.english, *(question for question, _ in entry.questions)] for entry in entries]
    tokens = [found.ids for found in teacher_tokenizer.encode_batch(list(chain.from_iterable(english)))]
    targets = iter(embed(network, tokens, device()))
    asked = []
    for entry in entries:
        french, translation, near_miss = student_tokens(
            tokenizer, [entry.french, entry.english, entry.near_miss]
        )
        sides = [student_tokens(tokenizer, list(side)) for side in zip(*entry.questions, strict=True)]
        target, *wanted = islice(targets, 1 + len(entry.questions))
        questions = list(zip(*sides, strict=True))
        asked.append(Asked(french, translation, near_miss, questions, target, np.stack(wanted)))
    return asked


def distilled(folders: Folders, settings: Settings) -> None:
    """Distil the teacher into the transplanted student."""
    output = folders.step("distil")
    torch.manual_seed(settings.seed)
    pairs = distilled_pairs(folders, settings)
    tokenizer = Tokenizer.from_file(str(folders.step("data") / "tokenizer.json"))
    texts = texts_of(pairs, tokenizer, output)
    run = Optimisation(
        load_student(folders.step("transplant"), device()),
        (settings.rate_tokens, settings.rate_body),
        settings.distil_minutes,
        settings.average,
        output,
    )
    distil(run, texts, examples.one_pass(pairs, settings.short_words), settings)
    note(output, pairs=len(pairs), steps=run.step, minutes=run.spent / 60)


def averaged(folders: Folders, settings: Settings) -> None:
    """Average the distilled student with that of another run, where there is one."""
    own = folders.step("distil")
    other = folders.other / "distil" if folders.other else own
    blend(own, other, settings.soup_share, folders.step("soup"))
    found = json.loads((other / RESULTS).read_text(encoding="utf-8"))
    note(folders.step("soup"), share=settings.soup_share if folders.other else 0, other=found)


def pressed(folders: Folders, settings: Settings) -> None:
    """Teach the distilled student which passage answers a question."""
    output = folders.step("press")
    torch.manual_seed(settings.seed)
    tokenizer = Tokenizer.from_file(str(folders.step("data") / "tokenizer.json"))
    pairs = distilled_pairs(folders, settings)
    texts = texts_of(pairs, tokenizer, folders.step("distil"))
    entries = press.split(press.read_press(folders.parallel), settings.seed)["train"] + press.own_entries()
    run = Optimisation(
        load_student(folders.step("soup"), device()),
        (settings.press_rate_tokens, settings.press_rate_body),
        settings.press_minutes,
        settings.average,
        output,
    )
    teach(run, asked_of(entries, tokenizer), texts, examples.one_pass(pairs, settings.short_words), settings)
    note(output, entries=len(entries), steps=run.step, minutes=run.spent / 60)


def blended(folders: Folders, settings: Settings) -> None:
    """Average the weights before and after the questions."""
    output = folders.step("blend")
    blend(folders.step("soup"), folders.step("press"), settings.blend_share, output)
    note(output, share=settings.blend_share)
