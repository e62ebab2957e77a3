"""A small load generator: `python -m bench.load PORT PATH CONNECTIONS SECONDS [HEADER: VALUE …]` prints requests/s.

Raw sockets and one selector, no parsing beyond Content-Length: it costs less than a web server does, so the server is
what is measured. Nothing has to be installed for it.
"""

import re
import selectors
import socket
import sys
import time

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class _Connection:
    """One visitor who asks again as soon as he was answered."""

    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request, self.missing, self.answered = request, 0, 0
        self.ask()

    def ask(self) -> None:
        self.missing = 0
        self.socket.sendall(self.request)

    def read(self) -> None:
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("the server closed the connection")
        if self.missing == 0:
            head, _, body = data.partition(b"\r\n\r\n")
            if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")):
                raise ConnectionError(head.splitlines()[0].decode())
            length = _LENGTH.search(head)
            self.missing = (int(length[1]) if length and b" 304 " not in head[:13] else 0) - len(body)
        else:
            self.missing -= len(data)
        if self.missing <= 0:
            self.answered += 1
            self.ask()


def load(port: int, request: bytes, connections: int, seconds: float) -> float:
    selector = selectors.DefaultSelector()
    visitors = [_Connection(port, request) for _ in range(connections)]
    for visitor in visitors:
        selector.register(visitor.socket, selectors.EVENT_READ, visitor)
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        for key, _ in selector.select(1):
            key.data.read()
    taken = time.perf_counter() - begun
    return sum(visitor.answered for visitor in visitors) / taken


def main() -> None:
    port, path, connections, seconds, *headers = sys.argv[1:]
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers, "", ""]
    print(load(int(port), "\r\n".join(lines).encode(), int(connections), float(seconds)))


if __name__ == "__main__":
    main()
