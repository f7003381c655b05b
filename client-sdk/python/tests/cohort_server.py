"""A small coordinator of a run with secure aggregation, in this process. It can lie to devices."""

import http.server
import json
import re
import threading
import urllib.parse

import numpy as np

from evenkeel import secagg
from evenkeel.secagg import CohortContext, CohortParameters, FixedPoint
from evenkeel.vector import derive_seed
from evenkeel.wire import digest_text

from .aggregating import unmasked
from .cohort_plan import EXPONENT, RUN, basis_of, plan_of

STEPS = ["keys", "shares", "masked", "reveals"]


class Member:
    def __init__(self, ordinal, client):
        self.ordinal = ordinal
        self.client = client
        self.sequence, self.head, self.last_round = 0, 0, -1
        self.backup = b""


class Attempt:
    """The members' frames in an attempt, by step and ordinal."""

    def __init__(self, number):
        self.number = number
        self.sent = {step: {} for step in STEPS}
        self.step = "keys"


class CohortServer:
    """A coordinator of cohorts of all members.

    Args:
        size: the number of members; a step ends when all ``expected`` of them have sent theirs.
        expected: maps round, attempt and step to the ordinals that the step waits for; None for all that took the previous step.
        lie: maps a topic (``keys``, ``shares``, ``included``, ``task``, ``plan``, ``model``), an ordinal and the true answer to
            the answer that is given.
        privacy: the plan's privacy; None for none.
        checks_basis: whether it refuses keys for a model or plan other than its own.

    Attributes:
        requests: the devices' requests: ordinal, round, attempt and step.
        sums: the words of each closed round's sum, None without one.
    """

    def __init__(
        self,
        owner,
        size,
        dimension=8,
        rounds=3,
        rebase_every=100,
        compressor="identity",
        expected=None,
        lie=None,
        checks_basis=True,
        privacy=None,
    ):
        self.owner = owner
        self.size = size
        self.dimension = dimension
        self.rounds = rounds
        self.rebase_every = rebase_every
        self.compressor = compressor
        self.expected = expected or (lambda round, attempt, step: None)
        self.lie = lie or (lambda topic, ordinal, true: true)
        self.checks_basis = checks_basis
        self.privacy = privacy
        self.parameters = CohortParameters.of(size, 0.0, 0.0)
        self.members, self.requests, self.sums, self.losses = {}, [], [], []
        self.receipts = {}
        self.next_rounds = []
        self.refuses_backups = False
        self.ends_with_leaver = False
        self.total = np.zeros(dimension)
        self.round, self.attempt = 0, Attempt(0)
        self.changed = threading.Condition()
        self._clients = 0
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def _handler(server):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                client = self.headers.get("Authorization", "").removeprefix("Bearer ")
                with server.changed:
                    status, found = server._answer(self.command, urllib.parse.urlparse(self.path), client, body)
                    server.changed.notify_all()
                data = found if isinstance(found, bytes) else json.dumps(found).encode()
                kind = "application/octet-stream" if isinstance(found, bytes) else "application/json"
                self.send_response(status)
                self.send_header("Content-Length", "0" if status == 204 else str(len(data)))
                self.send_header("Content-Type", kind)
                if status == 204:
                    self.send_header("Retry-After", "0")
                self.end_headers()
                self.wfile.write(b"" if status == 204 else data)

            do_GET = do_PUT = do_POST = do_DELETE = answer

            def log_message(self, *args):
                pass

        return Handler

    def _answer(self, method, url, client, body):
        path = url.path.removeprefix("/api/v1/")
        if path == "enrolments":
            self._clients += 1
            return 201, {"client": f"client-{self._clients}", "secret": f"client-{self._clients}"}
        if path == f"runs/{RUN}/members/me":
            if method == "DELETE":
                del self.members[client]
                if self.ends_with_leaver:
                    self.rounds = self.round
                return 204, b""
            if client not in self.members and method == "GET":
                return 404, {"type": "urn:evenkeel:problem:member-not-found", "title": "no member", "status": 404}
            if client not in self.members and self.round >= self.rounds:
                return self._refused("wrong-state")
            if client not in self.members:
                ordinal = max((m.ordinal for m in self.members.values()), default=-1) + 1
                self.members[client] = Member(ordinal, client)
            return 200, self._membership(self.members[client])
        if path == f"runs/{RUN}/members/me/next-round":
            self.next_rounds.append((self.members[client].ordinal, json.loads(body)["round"]))
            return 204, b""
        if path == f"runs/{RUN}/members/me/backup":
            member = self.members[client]
            if method == "GET":
                return (200, member.backup) if member.backup else (204, b"")
            if self.refuses_backups:
                return 503, {"type": "urn:evenkeel:problem:busy", "title": "busy", "status": 503}
            member.backup = body
            return 204, b""
        if path == f"runs/{RUN}/task":
            return self._task(self.members.get(client), int(urllib.parse.parse_qs(url.query)["after"][0]))
        if path.endswith("/model"):
            return 200, self.lie("model", self.members[client].ordinal, np.zeros(self.dimension, dtype="<f4")).tobytes()
        round, attempt, step = re.fullmatch(rf"runs/{RUN}/rounds/(\d+)/attempts/(\d+)/(\w+)/me", path).groups()
        if step == "outcome":
            return self._outcome(self.members[client], int(round))
        return self._step(method, self.members[client], int(round), int(attempt), step, body)

    def _membership(self, member):
        fields = {
            "client": member.client,
            "ordinal": member.ordinal,
            "sequence": member.sequence,
            "head": digest_text(member.head),
        }
        if member.last_round >= 0:
            fields["round"] = member.last_round
        counts = {"state": "running", "members": len(self.members), "minParticipants": 3}
        return {**fields, "plan": self.lie("plan", member.ordinal, plan_of(self)), **counts}

    def _task(self, member, after):
        if self.round >= self.rounds:
            return 200, {"state": "finished", "round": self.rounds}
        if after >= self.round or len(self.members) < self.size:
            return 204, b""
        sizes = {"denseBytes": 4 * self.dimension, "replicaBytes": 4 * self.dimension}
        task = {"state": "running", "round": self.round, "attempt": self.attempt.number, **sizes}
        return 200, self.lie("task", member.ordinal, task)

    def _outcome(self, member, round):
        receipt = self.receipts.get((member.client, round))
        if receipt:
            return 200, {"included": True, "receipt": receipt}
        return (200, {"included": False}) if round < self.round else (204, b"")

    def _step(self, method, member, round, attempt, step, body):
        if method == "PUT":
            self.requests.append((member.ordinal, round, attempt, step))
        if (round, attempt) != (self.round, self.attempt.number):
            return self._refused("attempt-closed" if round == self.round else "round-closed")
        if method == "PUT":
            sent = self.attempt.sent[step]
            if member.ordinal in sent:
                return (204, b"") if sent[member.ordinal] == body else self._refused("conflict")
            if self.attempt.step != step:
                return self._refused("attempt-closed")
            if step == "keys" and self.checks_basis and secagg.decode_keys(body).basis != basis_of(self):
                return self._refused("other-model")
            if step == "masked":
                vector = secagg.MaskedVector.decode(body, len(self._support()) + 2)
                if (vector.sequence, vector.previous) != (member.sequence + 1, member.head):
                    return self._refused("state-diverged")
            sent[member.ordinal] = body
            self.advance()
            return 204, b""
        return self._frame(member.ordinal, step)

    @staticmethod
    def _refused(slug):
        return 409, {"type": f"urn:evenkeel:problem:{slug}", "title": slug, "status": 409}

    def advance(self):
        """Ends the step if all expected members have sent their frames."""
        attempt, step = self.attempt, self.attempt.step
        before = STEPS[STEPS.index(step) - 1] if step != "keys" else None
        waits = self.expected(self.round, attempt.number, step)
        if waits is None:
            waits = set(attempt.sent[before]) if before else {member.ordinal for member in self.members.values()}
        if not waits <= set(attempt.sent[step]):
            return
        if step == "reveals":
            self._close()
        else:
            attempt.step = STEPS[STEPS.index(step) + 1]

    def fail_attempt(self):
        """Starts another attempt."""
        with self.changed:
            self.attempt = Attempt(self.attempt.number + 1)

    def _context(self):
        return CohortContext(RUN, self.round, self.attempt.number, basis_of(self))

    def _sharing(self):
        return {ordinal: secagg.decode_keys(self.attempt.sent["keys"][ordinal]) for ordinal in sorted(self.attempt.sent["keys"])}

    def keys_of(self, ordinal):
        """Returns the keys that a device sent in the open attempt."""
        return secagg.decode_keys(self.attempt.sent["keys"][ordinal])

    def threshold(self):
        return CohortParameters.of(len(self.attempt.sent["keys"]), 0.0, 0.0).threshold

    def _frame(self, ordinal, step):
        attempt = self.attempt
        if STEPS.index(attempt.step) <= STEPS.index({"included": "masked"}.get(step, step)):
            return 204, b""
        if step == "keys":
            told = secagg.CohortKeys(self.threshold(), tuple(self._sharing().values()))
            return 200, self.lie("keys", ordinal, told).encode()
        if step == "shares":
            if ordinal not in attempt.sent["shares"]:
                return self._refused("attempt-closed")
            shares = {
                one: secagg.decode_shares(frame)[ordinal] for one, frame in attempt.sent["shares"].items() if one != ordinal
            }
            return 200, secagg.encode_shares(self.lie("shares", ordinal, shares))
        if ordinal not in attempt.sent["masked"]:
            return self._refused("attempt-closed")
        return 200, secagg.encode_included(self.lie("included", ordinal, set(attempt.sent["masked"])))

    def _support(self):
        if self.compressor == "identity":
            return np.arange(self.dimension)
        from evenkeel import compress

        count = compress.parse(self.compressor).bind(self.dimension).max_count
        return compress.Seeded(self.dimension, count, derive_seed(7, self.round)).indices

    def _close(self):
        sent, threshold = self.attempt.sent, self.threshold()
        support = self._support()
        vectors = {one: secagg.MaskedVector.decode(frame, len(support) + 2) for one, frame in sent["masked"].items()}
        reveals = [secagg.decode_reveal(frame, one) for one, frame in sent["reveals"].items()]
        keys = [one.advertisement for member, one in self._sharing().items() if member in sent["shares"]]
        words = unmasked(self._context(), keys, {one: vector.words for one, vector in vectors.items()}, reveals, threshold)
        if self.round % self.rebase_every == 0:
            self.total[:] = 0
        self.total[support] += FixedPoint(EXPONENT, 100).decode(words[:-2])
        self.sums.append(words)
        for member in self.members.values():
            vector = vectors.get(member.ordinal)
            if vector is not None:
                member.sequence, member.head, member.last_round = vector.sequence, vector.digest, self.round
                numbers = {"round": self.round, "sequence": vector.sequence}
                digests = {"digest": digest_text(vector.digest), "head": digest_text(vector.digest)}
                self.receipts[member.client, self.round] = {"run": RUN, "client": member.client, **numbers, **digests}
        self.round, self.attempt = self.round + 1, Attempt(0)
