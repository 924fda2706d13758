"""txtai: paragraphs, its embeddings database, sparse and dense together where hybrid."""

import re
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from txtai import Embeddings

from tests.benchmarks.peers.system import Article, Found, Variant

# Its textractor's paragraphs: blank lines part them.
PARAGRAPH = re.compile(r"\n\s*\n")


class Txtai:
    """See `tests.benchmarks.peers.system.System`."""

    def __init__(self, variant: Variant) -> None:
        given = variant.embed
        way: dict[str, Any] = {"path": variant.model}
        if given:
            way = {"method": "external", "transform": lambda texts: np.array(given(texts), dtype=np.float32)}
        self.embeddings = Embeddings(content=True, hybrid=variant.hybrid, **way)
        self.transform = way.get("transform")
        # All searches share one cursor of its database; without turns one in fifty fails
        # ("Recursive use of cursors not allowed").
        self.turn = Lock()

    def cut(self, articles: Sequence[Article]) -> int:
        self.chunks = [
            (f"{one.source}\t{place}", part, None)
            for one in articles
            for place, part in enumerate(filter(str.strip, PARAGRAPH.split(one.text)))
        ]
        return len(self.chunks)

    def index(self, folder: Path) -> None:
        self.embeddings.index(self.chunks)
        transform = self.embeddings.config.pop("transform", None)
        self.embeddings.save(str(folder))
        self.embeddings.config["transform"] = transform

    def open(self, folder: Path) -> None:
        config = {"transform": self.transform} if self.transform else None
        self.embeddings.load(str(folder), config=config)

    def ask(self, question: str, k: int) -> list[Found]:
        with self.turn:
            found = self.embeddings.search(question, k)
        return [Found(one["id"].rpartition("\t")[0], one["text"]) for one in found]
