"""LlamaIndex: sentence splitter, its own vector store, and reciprocal rank fusion with BM25."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llama_index.core import Document, Settings, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever

from tests.benchmarks.peers.system import Article, Found, Variant

DEPTH = 10


class Given(BaseEmbedding):
    """LlamaIndex's interface over a function."""

    embed: Any

    def _get_text_embedding(self, text: str) -> list[float]:
        return self.embed([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self.embed([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class LlamaIndex:
    """See `tests.benchmarks.peers.system.System`."""

    def __init__(self, variant: Variant) -> None:
        self.hybrid = variant.hybrid
        Settings.llm = MockLLM()
        given = variant.embed
        Settings.embed_model = Given(embed=given) if given else HuggingFaceEmbedding(model_name=variant.model)

    def cut(self, articles: Sequence[Article]) -> int:
        whole = [Document(text=one.text, metadata={"source": one.source}) for one in articles]
        self.nodes = SentenceSplitter().get_nodes_from_documents(whole)
        return len(self.nodes)

    def index(self, folder: Path) -> None:
        VectorStoreIndex(self.nodes).storage_context.persist(str(folder))

    def open(self, folder: Path) -> None:
        index = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(folder)))
        self.dense = index.as_retriever(similarity_top_k=DEPTH)
        if self.hybrid:
            words = BM25Retriever.from_defaults(docstore=index.docstore, similarity_top_k=DEPTH)
            self.fused = QueryFusionRetriever(
                [self.dense, words],
                similarity_top_k=DEPTH,
                num_queries=1,
                mode="reciprocal_rerank",
                use_async=False,
            )

    def ask(self, question: str, k: int) -> list[Found]:
        found = (self.fused if self.hybrid else self.dense).retrieve(question)[:k]
        return [Found(one.node.metadata["source"], one.node.get_content()) for one in found]
