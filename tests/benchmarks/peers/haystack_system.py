"""Haystack: word splitter, its in-memory store, and the joiner of dense and BM25 retrieval."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from tests.benchmarks.peers.system import Article, Found, Variant

DEPTH = 10
FILE = "store.json"


class Haystack:
    """See `tests.benchmarks.peers.system.System`."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self.embed = variant.embed

    def cut(self, articles: Sequence[Article]) -> int:
        splitter = DocumentSplitter()
        if hasattr(splitter, "warm_up"):
            splitter.warm_up()
        whole = [Document(content=one.text, meta={"source": one.source}) for one in articles]
        self.chunks = splitter.run(documents=whole)["documents"]
        return len(self.chunks)

    def index(self, folder: Path) -> None:
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        if self.embed:
            vectors = self.embed([chunk.content for chunk in self.chunks])
            for chunk, vector in zip(self.chunks, vectors, strict=True):
                chunk.embedding = vector
            chunks = self.chunks
        else:
            embedder = SentenceTransformersDocumentEmbedder(model=self.variant.model, progress_bar=False)
            embedder.warm_up()
            chunks = embedder.run(documents=self.chunks)["documents"]
        store.write_documents(chunks)
        store.save_to_disk(str(folder / FILE))

    def open(self, folder: Path) -> None:
        store = InMemoryDocumentStore.load_from_disk(str(folder / FILE))
        self.pipeline = Pipeline()
        self.pipeline.add_component("dense", InMemoryEmbeddingRetriever(store, top_k=DEPTH))
        if not self.embed:
            model = SentenceTransformersTextEmbedder(model=self.variant.model, progress_bar=False)
            model.warm_up()
            self.pipeline.add_component("embedder", model)
            self.pipeline.connect("embedder.embedding", "dense.query_embedding")
        if self.variant.hybrid:
            self.pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=DEPTH))
            joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=DEPTH)
            self.pipeline.add_component("joiner", joiner)
            self.pipeline.connect("dense", "joiner")
            self.pipeline.connect("words", "joiner")

    def ask(self, question: str, k: int) -> list[Found]:
        given: dict[str, dict[str, Any]] = (
            {"dense": {"query_embedding": self.embed([question])[0]}}
            if self.embed
            else {"embedder": {"text": question}}
        )
        if self.variant.hybrid:
            given["words"] = {"query": question}
        last = "joiner" if self.variant.hybrid else "dense"
        found = self.pipeline.run(given)[last]["documents"][:k]
        return [Found(one.meta["source"], one.content) for one in found]
