"""Run in a network namespace of its own: serves an index and walks through it, with nothing else to reach.

Prints what a test compares: one JSON object.
"""

import fcntl
import json
import re
import socket
import struct
import sys
import tempfile
from pathlib import Path

from tests.api.conftest import serving

SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


def bring_up_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))


def reaches_elsewhere() -> bool:
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=2).close()
    except OSError:
        return False
    return True


def main(data: Path) -> None:
    bring_up_loopback()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(data, Path(folder)) as server,
        server.client() as http,
    ):
        statuses = {}
        answer = http.post("/v1/ask", json={"question": "what did Luxembourg and Morocco sign?"}).json()
        link = answer["passages"][0]["citation"]["permalink"]
        pages = ["/", "/?q=accord", "/docs", "/openapi.json", link, f"/v1/citations{link[2:]}/export"]
        for page in pages:
            reply = http.get(page, headers={"accept": "text/html"})
            statuses[page] = reply.status_code
            for inner in re.findall(r'(?:src|href)="(/[^"#]*)"', reply.text):
                statuses[inner] = http.get(inner.replace("&amp;", "&")).status_code
    told = {"answerable": answer["answerable"], "elsewhere": reaches_elsewhere(), "statuses": statuses}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
