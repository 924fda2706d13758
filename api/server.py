"""The server process: bounded connections, a printed address once it answers, other workers beside it."""

import contextlib
import gc
import socket
import sys
from collections.abc import Callable, Iterator
from functools import partial

import uvicorn
from starlette.applications import Starlette

from api.app import create_app
from api.logs import configure_logs
from api.protocol import BoundedProtocol
from api.security import check_binding
from api.workers import workers
from rag.errors import IbidError
from rag.settings import Settings

DRAIN_SECONDS = 10  # for running requests at the end: a hundred times what the slowest takes
KEEP_ALIVE_SECONDS = 30  # longer than a reader needs for an answer, so the next question saves a handshake


def run(
    settings: Settings,
    announce: Callable[[str], None] | None = None,
    build: Callable[[Settings], Starlette] | None = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C; running requests are answered first.

    Args:
        settings: where the index is and where to listen.
        announce: called once with the address when it answers; prints it by default.
        build: makes what is served, with its desk in `state`; the page and the HTTP API by default.

    Raises:
        BadConfiguration: the host is reachable from elsewhere and there is no API key.
        SnapshotError, EncoderError: there is no index or model to serve.
        IbidError: the address cannot be listened on.

    """
    check_binding(settings)
    others = 0 if build else settings.workers - 1
    if others:  # a shared address would be shared with a foreign server too
        _bound_socket(settings.host, settings.port).close()
    listener = _bound_socket(settings.host, settings.port, shared=bool(others))
    with contextlib.closing(listener):
        configure_logs()
        app = (build or _service)(settings)
        with workers(others, partial(work, settings, listener.getsockname()[1])):
            _Server(_config(app), announce or _print_address).run([listener])


def work(settings: Settings, port: int) -> None:
    """Serve beside the process that listens on a port already, in silence, until SIGTERM.

    Raises:
        SnapshotError, EncoderError, IbidError: as `run`.

    """
    with contextlib.closing(_bound_socket(settings.host, port, shared=True)) as listener:
        configure_logs()
        _Server(_config(_service(settings)), lambda _: None).run([listener])


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


def _service(settings: Settings) -> Starlette:
    app = create_app(settings=settings)
    app.state.desk.follower.start()
    return app


class _Server(uvicorn.Server):
    """uvicorn's server that says when it answers and ends with exit code 0 when asked to end."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[str], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then announce: from here on connections are accepted and answered."""
        await super().startup(sockets)
        # What was made so far stays; walking over it again held one question in a hundred for 50 ms.
        gc.freeze()
        if self.started and sockets:
            self._announce(_address(sockets[0]))

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGTERM and Ctrl-C as the wish to end, not as a failure."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()


def _bound_socket(host: str, port: int, shared: bool = False) -> socket.socket:
    """Take the address before the model is loaded; it refuses connections until the server listens.

    The kernel spreads the connections to a shared one over all that listen there.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise IbidError(
            f"cannot listen on {host}:{port} ({reason})", "choose another port: ibid serve --port 0"
        ) from None
    return bound


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _print_address(address: str) -> None:
    sys.stdout.write(f"Ibid answers on {address}\n")
    sys.stdout.flush()
