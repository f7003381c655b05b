"""Sends a large message over a link that breaks, to a coordinator that is killed during the upload."""

import contextlib
import socket
import threading

import numpy as np
import pytest

from evenkeel import Client
from evenkeel.client import FolderStore, RunEnd

from . import coordinator

DIMENSION = 2_200_000
ROUNDS = 2
CUT_AFTER = 1_000_000


class CuttingLink:
    """Forwards to a coordinator, cuts each connection after a number of uploaded bytes, and kills the coordinator at one cut."""

    def __init__(self, server, kill_at):
        self._server = server
        self._kill_at = kill_at
        self.cuts = 0
        self.sent = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                device = self._listening.accept()[0]
                threading.Thread(target=self._forward, args=(device,), daemon=True).start()

    def _forward(self, device):
        with contextlib.suppress(OSError), device, socket.create_connection(("127.0.0.1", self._server.port)) as up:
            cut = threading.Event()
            back = threading.Thread(target=self._back, args=(up, device, cut), daemon=True)
            back.start()
            left = CUT_AFTER
            while left > 0 and (data := device.recv(min(left, 1 << 16))):
                up.sendall(data)
                self.sent += len(data)
                left -= len(data)
            if left == 0:
                cut.set()
                self.cuts += 1
                if self.cuts == self._kill_at:
                    self._server.kill()
                    self._server.start()
            up.shutdown(socket.SHUT_WR)
            # The coordinator receives everything that was forwarded before the link breaks.
            back.join(60)

    @staticmethod
    def _back(up, device, cut):
        with contextlib.suppress(OSError):
            while data := up.recv(1 << 16):
                if not cut.is_set():
                    device.sendall(data)
            device.shutdown(socket.SHUT_RDWR)

    def close(self):
        self._listening.close()


@pytest.mark.full
def test_a_broken_link_and_a_killed_coordinator_cost_only_the_bytes_in_flight(tmp_path):
    if coordinator.command() is None:
        pytest.skip("no coordinator is built")
    server = coordinator.Coordinator(tmp_path)
    link = CuttingLink(server, kill_at=4)
    try:
        run = server.run("dense", algorithm="gd", compressor="identity", dimension=DIMENSION, rounds=ROUNDS)
        token = server.enrolment_token()
        with Client(link.url, run=run, enrolment_token=token, state_dir=FolderStore(tmp_path / "device")) as client:
            starter = threading.Thread(target=server.start_when_joined, args=(run, 1, []))
            starter.start()
            outcome = client.train(lambda model: np.full(DIMENSION, 0.5, dtype=np.float32))
            starter.join()
        assert (outcome.end, outcome.accepted, outcome.refused) == (RunEnd.FINISHED, ROUNDS, 0)
        message = 4 * DIMENSION
        assert link.cuts >= ROUNDS * (message // CUT_AFTER)
        assert link.sent < 2 * ROUNDS * message
    finally:
        link.close()
        server.kill()
