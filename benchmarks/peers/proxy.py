"""A TCP proxy between clients and server, with one port for each client. It knows no protocol, so all systems meet the same link."""

import asyncio
import random
import threading
from dataclasses import dataclass

SEGMENT = 1460
RETRANSMISSION = 0.2


@dataclass
class Link:
    """A client's link. Both directions of all its connections together share nothing but these settings.

    Attributes:
        rate: bytes a second and direction; 0 is unlimited.
        delay: seconds that a byte takes at least.
        loss: the probability that a segment of 1,460 bytes is lost. TCP repairs a loss, so the proxy never drops bytes: it stops that
            direction for 200 ms, the usual smallest retransmission timeout, and again with the same probability, doubled each time.
        cuts: how many connections it still cuts.
        cut_after: a connection is cut (reset on both sides) after so many bytes from the client.
    """

    rate: float = 0
    delay: float = 0
    loss: float = 0
    cuts: int = 0
    cut_after: int = 0
    up: int = 0
    down: int = 0


class Proxy:
    """The links of all clients. Runs in a thread of its own."""

    def __init__(self, ports, target, seed=1):
        self.links = [Link() for _ in ports]
        self._target = target
        self._random = random.Random(seed)
        self._servers = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ports,), daemon=True)
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the proxy did not start")

    def close(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        for server in self._servers:
            server.close()
        self._loop.close()

    def _run(self, ports):
        asyncio.set_event_loop(self._loop)
        for port, link in zip(ports, self.links):
            listening = asyncio.start_server(lambda r, w, link=link: self._connect(link, r, w), "127.0.0.1", port)
            self._servers.append(self._loop.run_until_complete(listening))
        self._ready.set()
        self._loop.run_forever()

    async def _connect(self, link, reader, writer):
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        writers = writer, server_writer
        await asyncio.gather(
            self._pump(link, reader, server_writer, writers, True), self._pump(link, server_reader, writer, writers, False)
        )

    async def _pump(self, link, reader, writer, writers, upward):
        passed = 0
        try:
            while data := await reader.read(SEGMENT if link.rate or link.loss or link.cuts else 65536):
                await self._hold_back(link, len(data))
                writer.write(data)
                await writer.drain()
                passed += len(data)
                if upward:
                    link.up += len(data)
                    if link.cuts and passed >= link.cut_after:
                        link.cuts -= 1
                        break
                else:
                    link.down += len(data)
            else:
                if writer.can_write_eof():
                    writer.write_eof()
                return
        except OSError:
            pass
        for one in writers:
            one.transport.abort()

    async def _hold_back(self, link, size):
        pause = link.delay + (size / link.rate if link.rate else 0)
        timeout = RETRANSMISSION
        while link.loss and self._random.random() < link.loss:
            pause += timeout
            timeout *= 2
        if pause:
            await asyncio.sleep(pause)
