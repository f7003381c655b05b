"""A TCP proxy between clients and server, with one port for each client. It is protocol-agnostic, so all systems have the same
link."""

import asyncio
import functools
import random
import threading
from dataclasses import dataclass

SEGMENT = 1460
RETRANSMISSION = 0.2


@dataclass
class Link:
    """A client's link. Connections and directions share only these settings.

    Attributes:
        rate: bytes per second and direction; 0 is unlimited.
        delay: the minimum latency of a byte in seconds.
        loss: the probability that a segment of 1,460 bytes is lost. TCP repairs a loss, so the proxy never drops bytes: it pauses
            that direction for 200 ms, the usual minimum retransmission timeout, and repeats this with the same probability,
            doubling the pause each time.
        cuts: the number of connections still to cut.
        cut_after: the number of further bytes from the client after which a connection is cut (reset on both sides).
    """

    rate: float = 0
    delay: float = 0
    loss: float = 0
    cuts: int = 0
    cut_after: int = 0
    up: int = 0
    down: int = 0


class Proxy:
    """The links of all clients. Runs in a separate thread."""

    def __init__(self, ports, target, seed=1):
        self.links = [Link() for _ in ports]
        self._target = target
        self._random = random.Random(seed)
        self._servers = []
        self._ports = ports
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def listen(self):
        """Accepts connections; called when the server accepts them."""
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def refuse(self):
        """Refuses connections, like a machine whose server is not running."""
        asyncio.run_coroutine_threadsafe(self._refuse(), self._loop).result(10)

    def close(self):
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _listen(self):
        await self._refuse()
        for port, link in zip(self._ports, self.links):
            connect = functools.partial(self._connect, link)
            self._servers.append(await asyncio.start_server(connect, "127.0.0.1", port))

    async def _refuse(self):
        while self._servers:
            self._servers.pop().close()

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
        armed, last = 0, 0.0
        try:
            while data := await reader.read(SEGMENT if link.rate or link.loss or link.cuts else 65536):
                # Bytes that immediately follow others have the same delay, so only the first waits for it.
                first = self._loop.time() - last > 2 * link.delay
                await self._hold_back(link, len(data), link.delay if first else 0)
                last = self._loop.time()
                writer.write(data)
                await writer.drain()
                if upward:
                    link.up += len(data)
                    armed = armed + len(data) if link.cuts else 0
                    if link.cuts and armed >= link.cut_after:
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

    async def _hold_back(self, link, size, delay):
        pause = delay + (size / link.rate if link.rate else 0)
        timeout = RETRANSMISSION
        while link.loss and self._random.random() < link.loss:
            pause += timeout
            timeout *= 2
        if pause:
            await asyncio.sleep(pause)
