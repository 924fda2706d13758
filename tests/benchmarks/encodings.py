"""How often the encoding of a page is told right: python tests/benchmarks/encodings.py

Each page of the development half, whole and its first 200 characters, is written in every single-byte
encoding that holds its letters, and read back.
"""

import sys
from pathlib import Path

from charset_normalizer import from_bytes

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from rag.formats.encodings import BYTES  # noqa: E402
from tests.rag.labelled_pages import read_pages  # noqa: E402


def main() -> None:
    samples = [(text, recoded) for text in _texts() for recoded in _recoded(text)]
    for name, candidates in (("our candidates", list(BYTES)), ("all of the library", None)):
        found = [from_bytes(recoded, cp_isolation=candidates).best() for _, recoded in samples]
        right = sum(str(best) == text for best, (text, _) in zip(found, samples, strict=True))
        print(f"{name:20}{right} of {len(samples)} right")


def _texts() -> list[str]:
    return [text for page in read_pages("dev") for text in (page.text[:200], page.text)]


def _recoded(text: str) -> list[bytes]:
    recoded = []
    for encoding in BYTES:
        try:
            content = text.encode(encoding)
        except UnicodeEncodeError:
            continue
        if content.decode("utf-8", "replace") != text:  # pure ASCII is UTF-8 as well
            recoded.append(content)
    return recoded


if __name__ == "__main__":
    main()
