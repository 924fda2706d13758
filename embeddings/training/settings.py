"""Every number of a training run, with the reason for its value, and the folders a run reads and writes."""

from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Folders:
    """Where a run reads its parallel text and keeps what it makes; ``other`` is the output of another run."""

    parallel: Path
    output: Path
    bundle: Path
    other: Path | None = None

    def step(self, name: str) -> Path:
        """Return the output folder of the step ``name``, creating it when missing."""
        folder = self.output / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


@dataclass(frozen=True)
class Settings:
    """The numbers of one run; they are written next to its results."""

    seed: int = 20
    # 40,000 rows of 384 int8 values are 15.4 MB: with the transformer (10.7 MB), the static vectors (5.1 MB)
    # and the tokenizer the bundle stays under its 35 MB.
    vocabulary: int = 40_000
    french_words: int = 11_500
    # A pair of the legal corpus is kept while it still holds a word seen fewer times than this: legal prose
    # is 85 % of the pairs and repeats itself, so its rare words are worth keeping and its formulas are not.
    law_word_cap: int = 30
    static_dimension: int = 256
    static_shipped_dimension: int = 128
    static_batch: int = 2_048
    static_passes: int = 5
    # Success@1 on the development half of the gold set, English / French: 0.76 / 0.93 at 5 without the
    # project's own passages, 0.78 / 0.93 with them, 0.81 / 0.95 at 9.
    lexicon_passes: int = 9
    static_rate: float = 5e-3
    static_temperature: float = 0.05
    transplant_neighbours: int = 8
    transplant_temperature: float = 0.05
    distil_minutes: float = 86.0
    # What the transformer reads of the law and of the manual: pairs that still hold a word seen fewer times
    # than this, for 60 words take ten times the time of six; in each pass those of so few French words.
    law_cap: int = 6
    manual_cap: int = 10
    short_words: int = 18
    # Success@5 on the project's own 240 passages before they are taught, English / French questions: 0.535 /
    # 0.458 at 0, 0.543 / 0.468 at 0.3, 0.554 / 0.454 at 0.5, 0.526 / 0.436 at 1.
    soup_share: float = 0.4
    # A step takes two batches of 1,024 padded tokens, about 60 texts, one for each core of a small machine;
    # negatives come from the teacher's vectors, so that a small step loses nothing and a run of an hour has
    # more of them.
    batch_tokens: int = 1_024
    step_batches: int = 2
    distil_negatives: int = 16_384
    distil_temperature: float = 0.05
    # The student's English starts close to the teacher's: one English text for five French ones keeps it so
    # while French is learned, and one for each while questions pull at it.
    distil_english: float = 0.2
    press_english: float = 1.0
    press_minutes: float = 17.0
    press_entries: int = 6
    # Success@5 on the development tenth of the press, English / French questions: 0.636 / 0.545 at 0,
    # 0.682 / 0.636 at 0.6, 0.652 / 0.621 at 0.8, 0.667 / 0.606 at 1.
    blend_share: float = 0.6
    press_temperature: float = 0.05
    press_rate_tokens: float = 1e-4
    press_rate_body: float = 3e-5
    # Token vectors are new and move ten times faster than the transformer, which already knows its work.
    rate_tokens: float = 8e-4
    rate_body: float = 1e-4
    average: float = 0.995

    def as_dict(self) -> dict[str, int | float]:
        """Return the settings as plain values for the results file."""
        return asdict(self)
