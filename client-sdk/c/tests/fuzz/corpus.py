"""Writes the initial fuzzing corpus from the golden vectors: corpus.py FOLDER."""

import json
import pathlib
import sys

VECTORS = pathlib.Path(__file__).parents[3] / "vectors"
READERS = {"frame": [0, 1], "message": [2], "updates": [3], "deltas": [4], "replica": [5]}

folder = pathlib.Path(sys.argv[1])
(folder / "wire").mkdir(parents=True)
index = json.loads((VECTORS / "index.json").read_text(encoding="utf-8"))
for entry in index["good"] + index["bad"]:
    for reader in READERS.get(entry["kind"], []):
        # The high bit makes the target correct the checksums first.
        first = reader if entry in index["good"] else reader + 132
        assert first % 6 == reader and (first & 128 != 0) == (entry in index["bad"])
        (folder / "wire" / f"{reader}-{entry['file']}").write_bytes(bytes([first]) + (VECTORS / entry["file"]).read_bytes())
# The other targets create valid states and answers themselves; their inputs select the changes.
(folder / "state").mkdir()
for kind in range(7):
    for float32 in (0, 0x10):
        (folder / "state" / f"{kind}-{float32}").write_bytes(bytes([0xC0 + kind + float32, 0, 30, 1]))
(folder / "device").mkdir()
for method in range(6):
    for answer in range(8):
        (folder / "device" / f"{method}-{answer}").write_bytes(
            bytes([method, answer % 2, answer, 3, 5, 0, 40]) + b'{"state":"running","round":1,"denseBytes":24}'
        )
