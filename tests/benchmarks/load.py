"""Clients that ask over kept connections, as fast as answers come or at a constant rate; times in seconds."""

import asyncio
import itertools
import json
import time
from collections.abc import Sequence

Address = tuple[str, int]


class Connection:
    """One kept connection of HTTP/1.1."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, question: str, k: int = 5) -> bytes:
        """Return the body of the answer. Raises ConnectionError for any other status than 200."""
        status, _, answer = await self.send(question, k)
        if status != 200:
            raise ConnectionError(f"{status} {answer[:300].decode()}")
        return answer

    async def send(self, question: str, k: int = 5) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers (names in lower case) and body of whatever comes."""
        # The server ends a connection that was idle for long, as every client must expect.
        if self._streams is None or self._streams[0].at_eof():
            self.close()
            self._streams = await asyncio.open_connection(*self._address)
        reader, writer = self._streams
        body = json.dumps({"question": question, "k": k}).encode()
        host = f"{self._address[0]}:{self._address[1]}"
        head = f"POST /v1/ask HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        status = await reader.readline()
        if not status:
            raise ConnectionResetError("the server has closed the connection")
        headers = {}
        while (line := await reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        answer = await reader.readexactly(int(headers["content-length"]))
        return int(status.split()[1]), headers, answer

    def close(self) -> None:
        """Close it."""
        if self._streams is not None:
            self._streams[1].close()


def ask(address: Address, question: str, k: int = 5) -> bytes:
    """Ask once over a connection of its own."""

    async def once() -> bytes:
        connection = Connection(address)
        try:
            return await connection.ask(question, k)
        finally:
            connection.close()

    return asyncio.run(once())


def closed_loop(address: Address, questions: Sequence[str], clients: int) -> tuple[list[float], float]:
    """Ask every question once, each client its next as soon as it is answered; return times and the whole."""

    async def client(waiting: "itertools.chain[str]", times: list[float]) -> None:
        connection = Connection(address)
        for question in waiting:
            started = time.perf_counter()
            await connection.ask(question)
            times.append(time.perf_counter() - started)
        connection.close()

    async def all_clients() -> tuple[list[float], float]:
        times: list[float] = []
        waiting = itertools.chain(questions)
        started = time.perf_counter()
        await asyncio.gather(*(client(waiting, times) for _ in range(clients)))
        return times, time.perf_counter() - started

    return asyncio.run(all_clients())


def constant_rate(address: Address, questions: Sequence[str], rate: float) -> list[float]:
    """Ask `rate` questions a second, however long answers take; times count from when each was due.

    So a stall counts for all that should have been asked meanwhile (coordinated omission, Tene 2013).
    """

    async def one(due: float, question: str, idle: list[Connection], times: list[float]) -> None:
        late = time.perf_counter() - due
        connection = idle.pop() if idle else Connection(address)
        try:
            await connection.ask(question)
        except ConnectionError as error:
            error.add_note(f"asked {late:.3f} s after it was due: so long this client stood still")
            raise
        times.append(time.perf_counter() - due)
        idle.append(connection)

    async def paced() -> list[float]:
        times: list[float] = []
        idle: list[Connection] = []
        begin = time.perf_counter()
        # A group forgets what is done: the collector would stop us long for a list of 100,000 tasks.
        async with asyncio.TaskGroup() as group:
            for place, question in enumerate(questions):
                due = begin + place / rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                group.create_task(one(due, question, idle, times))
        for connection in idle:
            connection.close()
        return times

    return asyncio.run(paced())
