"""The language of a text."""

import io
import lzma
from collections.abc import Collection
from functools import cache
from threading import Lock, Thread
from typing import Any

# Those told apart. Restricting the library to them makes short questions come out right.
LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "nl", "pt")
# The first characters tell the language as well as a whole article does, and cost less.
ENOUGH_CHARACTERS = 2_000
# Names and key words look like any language ("Maroc Digital 2030" scores 4.6 nats better as
# Italian than as English); whole questions in another language differ by 20 and more.
CLEAR_MARGIN = 7.0
# So many words may be names alone: "Sarah Lamrani interview" differs by 9, "Marruecos acuerdo" by 18.
FEW_WORDS, MARGIN_OF_FEW = 3, 11.0

_LOADING = Lock()


def _identifier() -> Any:  # noqa: ANN401 - the library has no types
    with _LOADING:
        return _load()


@cache
def _load() -> Any:  # noqa: ANN401 - the library has no types
    import numpy as np  # not before: the command line's help needs none
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    # The library's own loader decompresses in 690 steps, of which each waits for Python's lock, held by the
    # imports of a server that starts: 1.1 s instead of 0.6.
    model = io.BytesIO(lzma.decompress((MODEL_DIR / MODEL_FILE).read_bytes()))
    with np.load(model, allow_pickle=False) as data:
        classes = data["classes"].tolist()
        # The others of 142 languages would take 30 MB.
        told_apart = [place for place, code in enumerate(classes) if code in LANGUAGES]
        # Items of a view are read faster than those of an array of numpy.
        moves, rows = memoryview(data["nextmove"]), memoryview(data["nextmove_row"])
        return LanguageIdentifier(
            data["ptc"][:, told_apart], data["pc"][told_apart], [classes[place] for place in told_apart],
            moves, data["out_feat"].tolist(), tk_row=rows,
        )  # fmt: skip


def preload() -> None:
    """Start reading the library's model, half a second of decompression, on another core."""
    Thread(target=_identifier, daemon=True).start()


def detect_language(text: str, expected: Collection[str] = LANGUAGES) -> str:
    """Return the ISO 639-1 code of the language of a text, one of `LANGUAGES`.

    A language that is not `expected` is named only where the evidence for it is clear.
    """
    ranking = _identifier().rank(text[:ENOUGH_CHARACTERS])
    best, best_score = ranking[0]
    likely = [(code, score) for code, score in ranking if code in expected]
    margin = CLEAR_MARGIN if len(text.split(maxsplit=FEW_WORDS)) > FEW_WORDS else MARGIN_OF_FEW
    if likely and best_score - likely[0][1] < margin:
        return str(likely[0][0])
    return str(best)
