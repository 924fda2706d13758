"""The system calls of a process on files below one folder: counted, failed or met with SIGKILL.

The kernel hands every call to a supervisor before it happens (seccomp_unotify(2), Linux 5.5 or later):
Python, SQLite, faiss and tantivy are all seen, whatever they call through, and the program holds no hook.
"""

import ctypes
import errno
import os
import platform
import select
import signal
import socket
import struct
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path
from typing import Literal

Kind = Literal["open", "read", "write", "fsync", "rename", "make", "remove"]
Action = Literal["once", "always", "kill"]

# Number on x86-64 -> kind, and the arguments that name a file: folder descriptor or None, and path.
BY_PATH: dict[int, tuple[Kind, tuple[tuple[int | None, int], ...]]] = {
    2: ("open", ((None, 0),)),
    85: ("open", ((None, 0),)),
    257: ("open", ((0, 1),)),
    437: ("open", ((0, 1),)),
    82: ("rename", ((None, 0), (None, 1))),
    264: ("rename", ((0, 1), (2, 3))),
    316: ("rename", ((0, 1), (2, 3))),
    83: ("make", ((None, 0),)),
    258: ("make", ((0, 1),)),
    84: ("remove", ((None, 0),)),
    87: ("remove", ((None, 0),)),
    263: ("remove", ((0, 1),)),
}
BY_DESCRIPTOR: dict[int, Kind] = {
    0: "read",
    17: "read",
    19: "read",
    1: "write",
    18: "write",
    20: "write",
    77: "write",
    285: "write",
    296: "write",
    328: "write",
    74: "fsync",
    75: "fsync",
    277: "fsync",
}
ERRORS: dict[Kind, int] = {"write": errno.ENOSPC, "make": errno.ENOSPC}  # of the others: EIO

NO_NEW_PRIVILEGES, SECCOMP, FILTER_MODE, NEW_LISTENER = 38, 317, 1, 8
LOAD, EQUAL, RETURN, NOTIFY, ALLOW = 0x20, 0x15, 0x06, 0x7FC00000, 0x7FFF0000
RECEIVE, SEND, CONTINUE = 0xC0502100, 0xC0182101, 1
SET_FLAGS, SAME_CORE = 0x40082104, 1
HERE = -100  # AT_FDCWD
LONGEST_PATH = 4096


@dataclass(frozen=True)
class Fault:
    """The n-th call of a kind, from 1, fails once, fails like every later one, or never comes back."""

    kind: Kind
    nth: int
    action: Action


@dataclass
class Seen:
    """What a watched process did: its calls in order, as kind and path, and the one that was struck."""

    calls: list[tuple[Kind, str]] = field(default_factory=list)
    struck: str | None = None


def supported() -> bool:
    """Whether this kernel can hand over system calls, and speaks the numbers above."""
    try:
        actions = Path("/proc/sys/kernel/seccomp/actions_avail").read_text()
    except OSError:
        return False
    return platform.machine() == "x86_64" and "user_notif" in actions


def be_watched(channel: socket.socket) -> None:
    """Put this process, from now on, under the eyes of the other end of `channel`."""
    libc = ctypes.CDLL(None, use_errno=True)
    numbers = [*BY_PATH, *BY_DESCRIPTOR]
    steps = [struct.pack("HBBI", LOAD, 0, 0, 0)]
    for place, number in enumerate(numbers):
        steps.append(struct.pack("HBBI", EQUAL, len(numbers) - place, 0, number))
    steps += [struct.pack("HBBI", RETURN, 0, 0, ALLOW), struct.pack("HBBI", RETURN, 0, 0, NOTIFY)]
    code = ctypes.create_string_buffer(b"".join(steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(code)))
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    listener = libc.syscall(SECCOMP, FILTER_MODE, NEW_LISTENER, program)
    if listener < 0:
        raise OSError(ctypes.get_errno(), "the kernel refuses to hand over system calls")
    socket.send_fds(channel, [b"watch"], [listener])
    os.close(listener)


def watch(channel: socket.socket, process: int, folder: Path, fault: Fault | None) -> Seen:
    """Look at every call of a process until its end, and strike where the fault says."""
    _, (listener, *_), _, _ = socket.recv_fds(channel, 16, 1)
    with suppress(OSError):  # Linux 6.6 or later: no waiting for another core at every call
        ioctl(listener, SET_FLAGS, SAME_CORE)
    seen, counts = Seen(), Counter[Kind]()
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    while not poll.poll()[0][1] & select.POLLHUP:
        notice = bytearray(80)
        try:
            ioctl(listener, RECEIVE, notice)
        except OSError:  # the thread is gone
            continue
        identity, thread, _, number, _, _, *arguments = struct.unpack("QIIiIQ6Q", notice)
        kind, path = _meaning(thread, number, arguments, str(folder))
        error = 0
        if kind is not None:
            counts[kind] += 1
            seen.calls.append((kind, path))
            if fault and kind == fault.kind and _strikes(fault, counts[kind]):
                seen.struck = seen.struck or path
                if fault.action == "kill":
                    os.kill(process, signal.SIGKILL)
                    continue
                error = ERRORS.get(kind, errno.EIO)
        answer = struct.pack("QqiI", identity, 0, -error, 0 if error else CONTINUE)
        try:
            ioctl(listener, SEND, answer)
        except OSError:
            continue
    os.close(listener)
    return seen


def _strikes(fault: Fault, count: int) -> bool:
    return count == fault.nth or (fault.action == "always" and count > fault.nth)


def _meaning(thread: int, number: int, arguments: list[int], folder: str) -> tuple[Kind | None, str]:
    """Return kind and path of a call on a file in the folder, else None."""
    if number in BY_DESCRIPTOR:
        kind, paths = BY_DESCRIPTOR[number], [_link(thread, f"fd/{arguments[0] & 0xFFFFFFFF}")]
    else:
        kind, places = BY_PATH[number]
        paths = [_path(thread, arguments, *place) for place in places]
    inside = [path for path in paths if path == folder or path.startswith(f"{folder}/")]
    return (kind, inside[-1]) if inside else (None, "")


def _path(thread: int, arguments: list[int], base: int | None, place: int) -> str:
    with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:
        address = arguments[place]
        memory.seek(address)
        # No further than the page: the next one may not exist.
        raw = memory.read(LONGEST_PATH - address % LONGEST_PATH)
        if b"\0" not in raw:
            raw += memory.read(LONGEST_PATH)
    path = os.fsdecode(raw.partition(b"\0")[0])
    if path.startswith("/"):
        return path
    descriptor = HERE if base is None else ctypes.c_int32(arguments[base] & 0xFFFFFFFF).value
    return os.path.join(_link(thread, "cwd" if descriptor == HERE else f"fd/{descriptor}"), path)


def _link(thread: int, name: str) -> str:
    try:
        return os.readlink(f"/proc/{thread}/{name}")
    except OSError:
        return ""
