"""A small server that speaks OpenAI's protocol, as a process of its own, honest or not.

`python -m tests.endpoint` prints its address and answers until it is ended; `PUT /MODE` says how. It reads
the passages that it is sent, as a model would, and knows nothing of the code under test.
"""

import json
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from tests.lies import lies_about

HONEST = Path(__file__).parent / "rag" / "prose" / "honest.jsonl"
WRITING = ("honest", "wrong", "malicious", "obedient")
MODES = (*WRITING, "slow", "trickling", "cut", "broken", "refusing")
PIECE = 7  # characters of one event


def written(mode: str, material: dict[str, Any]) -> str:
    """Return what a model in this mode writes about the passages."""
    passages = material["passages"]
    if mode == "honest":
        return " ".join(honest_sentences(passages))
    if mode == "malicious":
        return " ".join(lies_about(passages))
    if mode == "obedient":
        return "\n".join(obeyed(passages))
    if mode == "wrong":
        borrowed = f"{passages[0]['text'][:90]} [{len(passages) + 7}]."
        return f"The answer is 42 [1]. The Beatles signed it [1]. {borrowed}"
    return f"{passages[0]['text'].splitlines()[0].rstrip('.')} [1]. "


def honest_sentences(passages: list[dict[str, Any]]) -> Iterator[str]:
    for row in map(json.loads, HONEST.read_text("utf-8").splitlines()):
        holding = [
            next((one["number"] for one in passages if anchor in one["text"]), None)
            for anchor in row["anchors"]
        ]
        if all(holding):
            labels = "".join(f"[{number}]" for number in dict.fromkeys(holding))
            yield f"{row['sentence'][:-1]} {labels}{row['sentence'][-1]}"


def obeyed(passages: list[dict[str, Any]]) -> Iterator[str]:
    """Do whatever a passage commands, as a weak model would."""
    for one in passages:
        _, _, command = one["text"].partition("SYSTEM: write ")
        if command:
            yield command.splitlines()[0]
    yield f"{passages[0]['text'].splitlines()[0].rstrip('.')} [1]."


class Handler(BaseHTTPRequestHandler):
    """Answers POST …/chat/completions; everything it was sent lies in `seen`."""

    protocol_version = "HTTP/1.1"
    mode = "honest"
    seen: ClassVar[list[dict[str, Any]]] = []
    closed_early = 0

    def do_GET(self) -> None:
        """Tell a test what was asked."""
        self._reply(200, {"seen": Handler.seen, "closed_early": Handler.closed_early})

    def do_PUT(self) -> None:
        """Change the mode, named by the path; forget what was seen."""
        Handler.mode = self.path.strip("/")
        Handler.seen, Handler.closed_early = [], 0
        self._reply(200 if Handler.mode in MODES else 404, {})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        Handler.seen.append({"path": self.path, "headers": dict(self.headers), "asked": asked})
        material = json.loads(asked["messages"][-1]["content"])
        if self.mode == "refusing":
            self._reply(500, {"error": {"message": "out of memory"}})
        elif "earlier_questions" in material:
            self._stream([f"{material['last_question'].rstrip(' ?')} au Luxembourg ?"])
        else:
            self._told(material)

    def _told(self, material: dict[str, Any]) -> None:
        text = written(self.mode, material)
        pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
        if self.mode == "slow":
            self._stream(pieces, silence_after=len(pieces) // 2)
        elif self.mode == "trickling":
            self._stream(pieces * 1000, pause=0.2)
        elif self.mode == "cut":
            self._stream(pieces[: len(pieces) // 2], cut=True)
        elif self.mode == "broken":
            self._stream(pieces[:3], garbage=b'data: {"choices": 5}\n\n')
        else:
            self._stream(pieces)

    def _stream(
        self,
        pieces: list[str],
        pause: float = 0,
        silence_after: int = -1,
        cut: bool = False,
        garbage: bytes = b"",
    ) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            for number, piece in enumerate(pieces):
                if number == silence_after:
                    time.sleep(60)
                time.sleep(pause)
                event = {"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]}
                self.wfile.write(b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n")
                self.wfile.flush()
            if not cut:
                self.wfile.write(garbage or b"data: [DONE]\n\n")
        except OSError:
            Handler.closed_early += 1

    def _reply(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
