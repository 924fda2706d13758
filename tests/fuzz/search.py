"""Coverage-guided fuzzing with atheris: make fuzz, or

python -m tests.fuzz.search TARGET [-max_total_time=SECONDS]

What is new to it is kept in `tests/fuzz/corpora/TARGET`, what fails in the current folder, as libFuzzer does.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["rag"]):
    from tests.fuzz.targets import TARGETS

CORPORA = Path(__file__).with_name("corpora")
LONGEST = 4_096  # bytes of an input: what goes wrong in more goes wrong in these


def main() -> None:
    """Fuzz one target until its time is over or it fails."""
    name = sys.argv[1]
    corpus = CORPORA / name
    corpus.mkdir(parents=True, exist_ok=True)
    given = [sys.argv[0], str(corpus), f"-max_len={LONGEST}", "-reload=0", *sys.argv[2:]]
    atheris.Setup(given, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
