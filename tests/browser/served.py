"""A site of articles served by a real process, and what tests do on its pages."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, Playwright, expect

from embeddings import Encoder, load_encoder
from rag.indexing import build_index
from rag.settings import load_settings

SEEDS = Path(__file__).parents[2] / "seeds"
EXAMPLE = "what did Luxembourg and Morocco sign?"
UNANSWERED = "recette de la tarte aux quetsches et aux mirabelles"
SERVE = "from api.server import run; from rag.settings import load_settings; run(load_settings())"
SWAP_SECONDS = 20.0
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-lcd-text"]
MANY = "1000000"  # requests a minute: the limit is tested elsewhere

Visit = Callable[..., Page]


@cache
def _encoder(name: str) -> Encoder:
    return load_encoder(name)


@dataclass
class Site:
    """Folders with articles, the index made of them, and the server that answers from it."""

    folders: list[Path]
    data: Path
    address: str = ""
    http: httpx.Client = field(default_factory=httpx.Client)
    process: "subprocess.Popen[str] | None" = None

    def index(self) -> str:
        """Index the folders as they are now; return the id of the snapshot."""
        settings = load_settings(data=self.data)
        return build_index(self.folders, settings, _encoder(settings.model)).index

    def ask(self, question: str, **more: object) -> dict[str, Any]:
        reply = self.http.post("/v1/ask", json={"question": question, **more})
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def end_at_once(self) -> None:
        """Press Ctrl-C until it ends: the first time, it lets requests under way go on for a while."""
        assert self.process
        while self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            time.sleep(0.2)

    def text_of(self, document_id: str) -> str:
        return str(self.http.get(f"/v1/documents/{document_id}").json()["text"])


@contextmanager
def running(site: Site, **settings: str) -> Iterator[Site]:
    given = {"IBID_DATA": str(site.data), "IBID_PORT": "0", "IBID_RATE_LIMIT_PER_MINUTE": MANY}
    log = site.data / "server.log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE],
            cwd=SEEDS.parent,
            env={**os.environ, **given, **settings},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    with process:
        assert process.stdout
        words = process.stdout.readline().split()
        assert words, log.read_text()
        try:
            with httpx.Client(base_url=words[-1], timeout=20) as client:
                site.address, site.http, site.process = words[-1], client, process
                yield site
        finally:
            process.terminate()


def launch(playwright: Playwright) -> Browser:
    """Start the machine's own Chromium."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert path, "no Chromium on PATH: run `make chromium`"
    return playwright.chromium.launch(executable_path=path, args=QUIET)


def ask(page: Page, question: str) -> None:
    """Ask on the page and wait for the reply."""
    before = page.locator(".reply").count()
    page.fill("#question", question)
    page.press("#question", "Enter")
    expect(page.locator(".reply")).to_have_count(before + 1)


def opened(page: Page) -> None:
    """Wait until the source is open and its sentence marked."""
    page.wait_for_selector("#source[open] mark.answer")


def joined(page: Page, selector: str) -> str:
    """Return the words that stand under a selector, exactly as they are in the page."""
    return "".join(page.locator(selector).evaluate_all("parts => parts.map(part => part.textContent)"))


def await_index(site: Site, index: str) -> None:
    """Wait until the server answers from that index; it looks for a new one every second."""
    end = time.monotonic() + SWAP_SECONDS
    while site.http.get("/readyz").json()["index"]["id"] != index:
        assert time.monotonic() < end, f"the server has not taken up {index}"
        time.sleep(0.1)
