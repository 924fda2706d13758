"""A process that has imported Ibid and runs its command line in forks of itself, each under watch.

A run so begun does all that a new process does but import and load, in a fifth of the time. Requests come
on stdin, one line of JSON each, and are answered alike: {"arguments": [...], "folder": "what is watched",
"fault": [kind, nth, action] or null, "limit": the largest file in bytes or null}.
"""

import importlib
import json
import os
import resource
import socket
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any

import embeddings
from rag.cli import main
from rag.indexing import contents_of
from rag.intake import take_in
from tests.faults.calls import Fault, be_watched, watch

Request = dict[str, Any]

# What the commands import when they run, and what that imports.
IMPORTED = (
    "rag.indexing",
    "rag.terminal",
    "rag.retriever",
    "rich.progress",
    "typer._click.decorators",
    "mmap",
)


def _child(request: Request, channel: socket.socket, outputs: tuple[int, int]) -> None:
    for descriptor, output in enumerate(outputs, 1):
        os.dup2(output, descriptor)
    if request["limit"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["limit"], resource.RLIM_INFINITY))
    sys.argv = ["ibid", *request["arguments"]]
    code = 70
    try:
        be_watched(channel)
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run(request: Request) -> dict[str, object]:
    fault = Fault(*request["fault"]) if request["fault"] else None
    mine, theirs = socket.socketpair()
    pipes = [os.pipe(), os.pipe()]  # not files: a limit on their size would cut what is said
    process = os.fork()
    if process == 0:
        _child(request, theirs, (pipes[0][1], pipes[1][1]))
    theirs.close()
    for _, end in pipes:
        os.close(end)
    with mine, open(pipes[0][0]) as stdout, open(pipes[1][0]) as stderr:
        seen = watch(mine, process, Path(request["folder"]), fault)
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        texts = {"stdout": stdout.read(), "stderr": stderr.read()}
    return {"code": code, **texts, "calls": seen.calls, "struck": seen.struck}


def _warm_up(articles: Path) -> None:
    """Load models and import what is imported late, once for all runs; forks would lose threads."""
    for name in IMPORTED:
        importlib.import_module(name)
    embeddings.load_encoder = cache(embeddings.load_encoder)
    embeddings.load_encoder("bundled", None, None).encode_passages(["Un texte."])
    contents_of(take_in([articles]).documents, 100)
    if threading.active_count() > 1:
        raise RuntimeError(f"threads are left: {threading.enumerate()}")


if __name__ == "__main__":
    _warm_up(Path(sys.argv[1]))
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_run(json.loads(line))) + "\n")
        sys.stdout.flush()
