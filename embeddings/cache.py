"""Vectors of texts already seen, so that only new text is embedded.

One SQLite file, named after the encoder's fingerprint. It holds digests and vectors in half precision, as
every index keeps them, never text, and is cut down to the texts of the index after every run: a deleted
article leaves nothing.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np

from embeddings.blobs import Blobs
from embeddings.encoder import Encoder, Halves

# Texts embedded between two commits: what an interrupted run loses at most.
COMMIT_EVERY = 256
PRECISION = np.float16


class EmbeddingCache:
    """A store of passage vectors keyed by SHA-256 of the text, for one encoder.

    Raises:
        sqlite3.Error: the file cannot be opened or written.

    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.encoder = encoder
        self._path = folder / f"{encoder.fingerprint[:32]}-half.sqlite"
        self._blobs = Blobs(self._path)

    def encode_passages(
        self, texts: Sequence[str], keys: Sequence[bytes], progress: Callable[[int], None]
    ) -> tuple[Halves, int]:
        """Return the vectors of `texts`, (n, d), given with their keys, and how many had to be computed.

        `progress` is told the number of texts done since the last call.
        """
        vectors = np.empty((len(texts), self.encoder.dimension), dtype=PRECISION)
        missing: dict[bytes, list[int]] = {}
        for at in range(0, len(keys), COMMIT_EVERY):
            found = self._blobs.get(keys[at : at + COMMIT_EVERY])
            for row, key in enumerate(keys[at : at + COMMIT_EVERY], start=at):
                if key in found:
                    vectors[row] = np.frombuffer(found[key], dtype=PRECISION)
                else:
                    missing.setdefault(key, []).append(row)
        progress(len(texts) - sum(map(len, missing.values())))
        todo = list(missing.items())
        for at in range(0, len(todo), COMMIT_EVERY):
            batch = todo[at : at + COMMIT_EVERY]
            computed = self.encoder.encode_passages([texts[rows[0]] for _, rows in batch]).astype(PRECISION)
            for (_, rows), vector in zip(batch, computed, strict=True):
                vectors[rows] = vector
            self._blobs.put((key, vector.tobytes()) for (key, _), vector in zip(batch, computed, strict=True))
            progress(sum(len(rows) for _, rows in batch))
        return vectors, len(todo)

    def keep_only(self, keys: Sequence[bytes]) -> None:
        """Forget every text but those of these keys, and the caches of other encoders."""
        for other in self._path.parent.iterdir():
            if not other.name.startswith(self._path.name):
                other.unlink()
        self._blobs.keep_only(keys)

    def __enter__(self) -> "EmbeddingCache":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._blobs.close()


def keys_of(texts: Iterable[str]) -> list[bytes]:
    """Return the SHA-256 of each text, by which its vector is kept."""
    return [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
