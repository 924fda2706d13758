"""Index the articles of the evaluation: python -m tests.corpora DATA."""

import sys
from pathlib import Path

from embeddings import load_encoder
from rag.indexing import build_index
from rag.settings import Settings
from rag.terminal import print_report, progress_bar
from tests.corpora import write_corpus

if __name__ == "__main__":
    data = Path(sys.argv[1])
    paths = write_corpus(data / "corpus")
    with progress_bar() as progress:
        print_report(build_index(paths, Settings(data=data), load_encoder(), progress))
