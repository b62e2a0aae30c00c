"""A local HTTP server that plays the publishers, faults included."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One answer of the server.

    Attributes
    ----------
    body : bytes
        The whole file.
    status : int
        HTTP status of a plain answer.
    etag : str
        Version of the file; empty for a server that names none.
    sent_bytes : int, optional
        Cut the connection after this many bytes of the body.
    framing : str
        ``length`` (Content-Length), ``chunked``, or ``none`` (the closed connection
        marks the end).
    checks_version : bool
        Whether a range is refused when If-Range names another version, as it must be.
    longest_range : int, optional
        Send no more than this many bytes of a range, as a server may.
    length : str, optional
        What Content-Length says in place of the length.
    location : str
        Address that the answer sends on to.
    """

    body: bytes
    status: int = 200
    etag: str = '"one"'
    sent_bytes: int | None = None
    framing: str = "length"
    checks_version: bool = True
    longest_range: int | None = None
    length: str | None = None
    location: str = ""


@dataclass
class PublisherServer:
    """Answers by path; the last answer of a path is repeated."""

    base_url: str
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def next_reply(self, path: str) -> Reply:
        """Answer to the next request for ``path``; 404 for one that is not served."""
        replies = self.replies.get(path, [Reply(b"not found", status=404)])
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def headers_sent_to(self, path: str) -> list[dict[str, str]]:
        """Headers of the requests for ``path``, in order."""
        return [headers for requested, headers in self.requests if requested == path]


def _handler(server: PublisherServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_GET(self) -> None:
            server.requests.append((self.path, dict(self.headers.items())))
            reply = server.next_reply(self.path)
            start = self._range_start(reply)
            if start is not None and start >= len(reply.body):
                reply, start = Reply(b"", status=416, etag=reply.etag), None
            self.send_response(206 if start is not None else reply.status)
            if reply.etag:
                self.send_header("ETag", reply.etag)
            body = reply.body
            if start is not None:
                body = body[start:][: reply.longest_range]
                last, size = start + len(body) - 1, len(reply.body)
                self.send_header("Content-Range", f"bytes {start}-{last}/{size}")
            self._send_body(reply, body)

        def _range_start(self, reply: Reply) -> int | None:
            requested = self.headers.get("Range")
            same = self.headers.get("If-Range") == reply.etag
            if requested is None or not (same or not reply.checks_version):
                return None
            return int(requested.removeprefix("bytes=").removesuffix("-"))

        def _send_body(self, reply: Reply, body: bytes) -> None:
            cut = reply.sent_bytes is not None
            sent = body[: reply.sent_bytes]
            if reply.framing == "length":
                length = str(len(body)) if reply.length is None else reply.length
                self.send_header("Content-Length", length)
            if reply.location:
                self.send_header("Location", reply.location)
            if reply.framing == "chunked":
                self.send_header("Transfer-Encoding", "chunked")
                sent = b"%x\r\n%s\r\n" % (len(sent), sent) + (
                    b"" if cut else b"0\r\n\r\n"
                )
            self.close_connection = cut or reply.framing == "none"
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            """Keep the test output quiet."""

    return Handler


@contextmanager
def publisher_server() -> Iterator[PublisherServer]:
    """Serve on a free port of 127.0.0.1 until the block ends."""
    server = PublisherServer(base_url="")
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(server)) as listener:
        server.base_url = f"http://127.0.0.1:{listener.server_address[1]}"
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join(timeout=10)
