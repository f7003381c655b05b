"""An HTTP proxy in front of a coordinator, which drops, truncates, repeats and refuses requests at random, and records messages."""

from __future__ import annotations

import http.server
import json
import random
import threading

import urllib3


class FaultyProxy(http.server.ThreadingHTTPServer):
    """Forwards to one coordinator.

    Args:
        target: the coordinator's address.
        share: the share of requests with a fault.

    Attributes:
        messages: every message with a receipt, by client and sequence: the receipt and the bytes.
        faults: the number of faults.
    """

    daemon_threads = True
    request_queue_size = 100

    def __init__(self, target: str, share: float, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = target
        self.share = share
        self.random = random.Random(seed)
        self.messages: dict[tuple[str, int], tuple[dict, bytes]] = {}
        self.faults = 0
        self.pool = urllib3.PoolManager(maxsize=64, retries=False)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def fault(self) -> str | None:
        """Draws the fault of a request."""
        if self.random.random() >= self.share:
            return None
        self.faults += 1
        return self.random.choice(["lost", "answer lost", "answer cut", "twice", "busy"])

    def handle_error(self, request: object, client_address: object) -> None:
        """Logs nothing: broken connections are expected."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.fault()
        if fault == "lost":
            return self._hang_up()
        if fault == "busy":
            return self._answer(503, {"Retry-After": "0"}, b"")
        answer = self._exchange(body)
        if fault == "twice":
            answer = self._exchange(body)
        if fault == "answer lost":
            return self._hang_up()
        headers = {
            name: value
            for name, value in answer.headers.items()
            if name.lower() not in ("transfer-encoding", "content-length", "connection")
        }
        self._answer(answer.status, headers, answer.data, cut=fault == "answer cut")

    do_GET = do_PUT = do_POST = do_DELETE = _forward

    def _exchange(self, body: bytes) -> urllib3.BaseHTTPResponse:
        headers = {
            name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection", "content-length")
        }
        answer = self.server.pool.request(
            self.command, self.server.target + self.path, body=body or None, headers=headers, redirect=False
        )
        if "/messages/" in self.path and answer.status in (200, 201):
            receipt = json.loads(answer.data.split(b"\n")[0])
            self.server.messages[receipt["client"], receipt["sequence"]] = (receipt, body)
        return answer

    def _answer(self, status: int, headers: dict[str, str], body: bytes, cut: bool = False) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing."""
