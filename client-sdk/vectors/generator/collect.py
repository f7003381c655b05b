"""Writes a vector's file and collects its entry for index.json."""

import pathlib

from evenkeel import wire

from .build import delta, frame, log_rounded, message_header, replica, update

FOLDER = pathlib.Path(__file__).parents[1]
good, bad, bases, cohorts = [], [], [], []


def store(name, data):
    (FOLDER / (name + ".bin")).write_bytes(data)
    return {"file": name + ".bin", "bytes": len(data), "digest": wire.digest_text(wire.digest(data))}


def described(dimension, support, coding, values):
    keys = {"all": [], "listed": ["indices"], "seeded": ["count", "seed"], "blocks": ["length", "blocks"]}[support[0]]
    content = dict(zip(keys, support[1:]))
    if "seed" in content:
        content["seed"] = "%016x" % content["seed"]
    return {"dimension": dimension, "support": {"type": support[0], **content}, "coding": coding, "values": values}


def good_frame(name, about, *vector):
    good.append({"kind": "frame", **store(name, frame(*vector)), "about": about, "vector": described(*vector)})


def good_message(name, about, sequence, previous, report, vector, twin=None):
    data = message_header(sequence, previous, **report) + frame(*vector)
    names = {"gradient_norm": "gradientNorm"}
    fields = {names.get(k, k): dict(v) if k == "metrics" else v for k, v in report.items()}
    content = {"sequence": sequence, "previous": "%016x" % previous, **fields, "vector": described(*vector)}
    good.append({"kind": "message", **store(name, data), "about": about, **content, **({"json": twin} if twin else {})})


def good_updates(name, about, *updates):
    keys = ["round", "retained", "factor", "divisors", "changes"]
    content = [{**dict(zip(keys, u)), "changes": described(*u[4])} for u in updates]
    good.append({"kind": "updates", **store(name, b"".join(update(*u) for u in updates)), "about": about, "updates": content})


def good_deltas(name, about, *deltas):
    content = [{"round": round, "vector": described(*vector)} for round, vector in deltas]
    good.append({"kind": "deltas", **store(name, b"".join(delta(*each) for each in deltas)), "about": about, "deltas": content})


def good_replica(name, about, round, x, total):
    good.append({"kind": "replica", **store(name, replica(round, x, total)), "about": about, "round": round, "x": x, "sum": total})


def refuse(kind, name, about, data, fault, position, dimension, max_count=None, max_bytes=2**31 - 1):
    limits = {"dimension": dimension, "maxCount": dimension if max_count is None else max_count, "maxBytes": max_bytes}
    bad.append({"kind": kind, **store("bad-" + name, data), "about": about, "fault": fault, "position": position, "limits": limits})


def good_log(name, about, dimension, support, coding, values):
    good_frame("frame-log-" + name, about, dimension, support, coding, log_rounded(coding, values))
