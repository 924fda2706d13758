"""What several commands take, and the articles that come with Ibid."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option(help="Folder for the index and the embedding cache.")]
Index = Annotated[
    str | None, typer.Option(help="milvus://HOST:PORT/NAME for an index in Milvus, else in the data folder.")
]
Model = Annotated[str | None, typer.Option(help='"bundled", a folder, or a hub id.')]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

# Where Ibid runs from its own checkout.
SEEDS = Path(__file__).parents[2] / "seeds" / "articles"
GOLD = SEEDS.parent / "gold.jsonl"
