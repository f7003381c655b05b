"""A server that sends arbitrary bytes of a test, HTTP or not."""

import socket
import threading


class RawServer:
    """Passes each connection to a function once a request's headers have arrived.

    Args:
        answer: receives a function that sends bytes and returns whether the client accepted them.
    """

    def __init__(self, answer):
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            received = b""
            while b"\r\n\r\n" not in received:
                piece = connection.recv(1 << 16)
                if not piece:
                    return
                received += piece
            self.requests += 1

            def send(data):
                try:
                    connection.sendall(data)
                    return True
                except OSError:
                    return False

            self._answer(send)

    def close(self):
        self._listener.close()
