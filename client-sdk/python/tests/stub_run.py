"""A coordinator in memory for one run of EF21 with one device, whose state can be copied and restored."""

import copy
import hashlib
import json
import threading

import numpy as np

from evenkeel import compress
from evenkeel.wire import Limits, Message, digest, digest_text, encode_frame

from .answering_server import Server, says

GAMMA, D = 0.1, 5
JSON = "application/json"


class StubRun:
    """Answers requests of a device.

    Attributes:
        saved: backups, one after each closed round.
        lost: the losses that the device reported.
        before: called before each request with the run, the method and the path.
        model: returns the bytes of the open round's model.
    """

    def __init__(self, feedback="ef21", rounds=8):
        self.feedback, self._rounds = feedback, rounds
        self.lock = threading.Lock()
        self.x, self.g = np.zeros(D), np.zeros(D)
        self.histories, self.digests, self.heads = [self._name(b"start")], [], []
        self.round, self.last, self.member = 0, -1, True
        self.requests, self.lost, self.saved = [], [], []
        self.before = lambda run, command, path: None
        self.model = lambda run: run.x.astype("<f4").tobytes()

    @staticmethod
    def _name(data):
        return hashlib.sha256(data).hexdigest()[:16]

    def copied(self):
        """Returns a backup."""
        fields = ("x", "g", "histories", "digests", "heads", "round", "last", "member")
        return copy.deepcopy({name: getattr(self, name) for name in fields})

    def put_back(self, backup):
        """Restores the state from a backup."""
        for name, value in copy.deepcopy(backup).items():
            setattr(self, name, value)

    def serve(self):
        """Starts a server of the run; the caller closes it."""
        return Server(*[self._handle] * 10_000)

    def _handle(self, handler):
        with self.lock:
            status, answer, headers = self._answer(handler.command, handler.path, handler.body)
        is_bytes = isinstance(answer, bytes)
        content = answer if is_bytes else json.dumps(answer).encode()
        says(status, content, **{"Content_Type": "application/octet-stream" if is_bytes else JSON, **headers})(handler)

    def _answer(self, command, path, body):
        self.requests.append((command, path))
        self.before(self, command, path)
        address, _, query = path.partition("?")
        parameters = dict(part.split("=") for part in query.split("&") if part)
        parts = address.split("/")[5:]
        if parts == ["members", "me"]:
            if command == "PUT":
                self.member = True
            return (200, self._membership(), {}) if self.member else self._problem(404, "member-not-found")
        if not self.member:
            return self._problem(404, "member-not-found")
        if parts == ["members", "me", "lost"]:
            self.lost.append(json.loads(body))
            return 200, self._membership(), {}
        if parts == ["members", "me", "state"]:
            return 200, self._frame(), {"Evenkeel-Sequence": str(len(self.digests)), "Evenkeel-Head": digest_text(self._head())}
        if parts == ["task"]:
            return self._task(int(parameters["after"]), parameters)
        number = int(parts[1])
        if self._is_lost(number, parameters) and "history" in parameters and command == "GET":
            return self._problem(409, "history-lost")
        if parts[2] == "model":
            return 200, self.model(self), {}
        assert parts[2] == "messages"
        return self._accept(number, parameters, body)

    def _frame(self):
        return encode_frame(compress.parse("identity+float64").bind(D).compress(self.g, np.zeros(D)))

    def _head(self):
        return self.heads[-1] if self.heads else 0

    def _is_lost(self, number, parameters):
        return number > self.round or (
            number >= 0 and parameters.get("history", self.histories[number]) != self.histories[number]
        )

    def _task(self, after, parameters):
        lost = self._is_lost(after, parameters) or int(parameters.get("sequence", 0)) > len(self.digests)
        if self.round >= self._rounds or ((lost or self.round > after) and self.last < self.round):
            return 200, self._work(lost), {}
        if lost and "history" in parameters:
            return self._problem(409, "history-lost")
        return 204, b"", {"Retry-After": "0"}

    def _work(self, lost):
        work = {
            "run": "r", "state": "running" if self.round < self._rounds else "finished", "round": self.round, "denseBytes": 4 * D,
            "replicaBytes": 10_000, "history": self.histories[self.round],
            "modelDigest": digest_text(digest(self.x.astype("<f4").tobytes())),
        }  # fmt: skip
        return {**work, "historyLost": True} if lost else work

    def _membership(self):
        algorithm = {
            "name": self.feedback,
            "feedback": self.feedback,
            "step": "plain",
            "gamma": "constant:0.1",
            "eta": "constant:0.5",
        }
        plan = {
            "run": "r", "tensors": [{"name": "x", "shape": [D]}], "dimension": D, "rounds": self._rounds, "algorithm": algorithm,
            "compressor": "top-k:2", "seed": 1, "maxMessageBytes": 1000,
        }  # fmt: skip
        last = {} if self.last < 0 else {"round": self.last}
        return {
            "client": "me", "ordinal": 0, "sequence": len(self.digests), "head": digest_text(self._head()), "state": "running",
            "members": 1, "minParticipants": 1, "plan": plan, **last,
        }  # fmt: skip

    def _accept(self, number, parameters, body):
        message = Message.decode(body, Limits(D))
        own = digest(body)
        if own in self.digests:
            return 200, self._receipt(number, self.digests.index(own) + 1, own), {}
        if self._is_lost(number, parameters) and "history" in parameters:
            return self._problem(409, "history-lost")
        if (message.sequence, message.previous) != (len(self.digests) + 1, self._head()):
            return self._problem(409, "state-diverged")
        if number != self.round:
            return self._problem(409, "round-closed" if number < self.round else "round-not-open")
        self.digests.append(own)
        self.heads.append(own)
        self.last = number
        message.delta.add_to(self.g)
        self.x -= GAMMA * self.g
        self.round += 1
        self.histories.append(self._name(self.histories[-1].encode() + body))
        self.saved.append(self.copied())
        return 201, self._receipt(number, len(self.digests), own), {}

    def _receipt(self, number, sequence, own):
        return {
            "run": "r", "client": "me", "round": number, "sequence": sequence, "digest": digest_text(own),
            "head": digest_text(self._head()),
        }  # fmt: skip

    @staticmethod
    def _problem(status, slug):
        return status, {"type": f"urn:evenkeel:problem:{slug}", "title": slug, "status": status}, {}
