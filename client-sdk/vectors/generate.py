"""Writes every vector of this folder and index.json. Vectors of a released version are never changed, only added to.

    apt-get install python3-numpy python3-urllib3 python3-cryptography
    /usr/bin/python3 client-sdk/vectors/generate.py

The Python package in ../python, the second implementation beside the Java one, writes the good vectors. The bad ones are damaged
good ones, or built by ``generator`` because the encoders refuse to write them.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "python" / "src"))

from generator import aggregations, bad_frames, bad_log_frames, bad_messages, good_frames, good_messages
from generator.build import draw
from generator.collect import FOLDER, bad, bases, cohorts, good

from evenkeel.vector import SplitMix64

good_frames.add()
good_frames.add_log()
good_messages.add()
bad_frames.add()
bad_log_frames.add()
bad_frames.add_values()
bad_messages.add_messages()
bad_messages.add_updates()
bad_messages.add_deltas()
aggregations.add()

draws = [(1, 1, 0), (10, 3, 42), (64, 64, 5), (1000, 10, 0xFFFFFFFFFFFFFFFF), (2**20, 5, 2024)]
seeded = [{"dimension": d, "count": k, "seed": "%016x" % s, "indices": draw(d, k, s)} for d, k, s in draws]
random = SplitMix64(1234567)
splitmix = {"seed": "%016x" % 1234567, "next": ["%016x" % random.next() for _ in range(5)]}
text = ",\n".join('"%s": [\n%s]' % (key, ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in entries))
                  for key, entries in (("good", good), ("bad", bad), ("seeded", seeded), ("bases", bases), ("cohorts", cohorts)))
(FOLDER / "index.json").write_text('{"format": 1,\n"splitmix64": %s,\n%s}\n' % (json.dumps(splitmix), text), encoding="utf-8")
