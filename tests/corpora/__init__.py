"""The articles that the evaluation searches: the seeds among pages of other kinds."""

import gzip
import json
from pathlib import Path

from tests.rag.labelled_pages import read_pages

SEEDS = Path(__file__).parents[2] / "seeds" / "articles"
SERVICE_PUBLIC = Path(__file__).with_name("service_public.jsonl.gz")
KNOWN = ("title", "url", "language")


def write_corpus(folder: Path) -> list[Path]:
    """Write the pages as files under a folder; return what to index, the seeds among it."""
    service_public, pages = folder / "service_public", folder / "pages"
    service_public.mkdir(parents=True, exist_ok=True)
    pages.mkdir(exist_ok=True)
    tables = []
    with gzip.open(SERVICE_PUBLIC, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            name = f"{record['id']}.txt"
            (service_public / name).write_text(record["text"], "utf-8", newline="")
            known = (f"{key} = {json.dumps(record[key], ensure_ascii=False)}" for key in KNOWN)
            tables.append("\n".join([f'["{name}"]', *known, ""]))
    (service_public / "articles.toml").write_text("\n".join(tables), "utf-8")
    for page in (page for split in ("dev", "test") for page in read_pages(split)):
        (pages / f"{page.name}.txt").write_text(page.text, "utf-8", newline="")
    return [SEEDS, service_public, pages]
