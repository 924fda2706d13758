"""LangChain: recursive splitter, FAISS, and its ensemble of FAISS and BM25."""

import json
from collections.abc import Sequence
from pathlib import Path

from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from tests.benchmarks.peers.system import Article, Embed, Found, Variant

DEPTH = 10


class Given(Embeddings):
    """LangChain's interface over a function."""

    def __init__(self, embed: Embed) -> None:
        self.embed = embed

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self.embed(texts)

    def embed_query(self, text: str) -> list[float]:
        return self.embed([text])[0]


class LangChain:
    """See `tests.benchmarks.peers.system.System`."""

    def __init__(self, variant: Variant) -> None:
        self.hybrid = variant.hybrid
        given = variant.embed
        self.embeddings = Given(given) if given else HuggingFaceEmbeddings(model_name=variant.model)

    def cut(self, articles: Sequence[Article]) -> int:
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        whole = [Document(page_content=one.text, metadata={"source": one.source}) for one in articles]
        self.chunks = splitter.split_documents(whole)
        return len(self.chunks)

    def index(self, folder: Path) -> None:
        FAISS.from_documents(self.chunks, self.embeddings).save_local(str(folder))
        rows = [[one.page_content, one.metadata] for one in self.chunks]
        (folder / "chunks.json").write_text(json.dumps(rows), "utf-8")

    def open(self, folder: Path) -> None:
        self.store = FAISS.load_local(str(folder), self.embeddings, allow_dangerous_deserialization=True)
        if self.hybrid:
            from langchain_classic.retrievers import EnsembleRetriever

            rows = json.loads((folder / "chunks.json").read_text("utf-8"))
            words = BM25Retriever.from_documents(
                [Document(page_content=text, metadata=known) for text, known in rows], k=DEPTH
            )
            dense = self.store.as_retriever(search_kwargs={"k": DEPTH})
            self.ensemble = EnsembleRetriever(retrievers=[words, dense], weights=[0.5, 0.5])

    def ask(self, question: str, k: int) -> list[Found]:
        if self.hybrid:
            found = self.ensemble.invoke(question)[:k]
        else:
            found = self.store.similarity_search(question, k=k)
        return [Found(one.metadata["source"], one.page_content) for one in found]
