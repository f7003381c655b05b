"""Writes the golden vectors of ../../vectors as C, for tests without a file system: vectors.py FILE."""

import json
import pathlib
import sys

from emit import Source, bits

FOLDER = pathlib.Path(__file__).parents[2] / "vectors"
CODINGS = ["float32", "float64", "bf16", "natural", "sign", "log:4", "log:5", "log:6", "log:7", "log:8"]
SUPPORTS = ["all", "listed", "seeded", "blocks"]
KINDS = ["frame", "message", "updates", "deltas", "replica"]


class Vectors(Source):
    """The C source of the golden vectors."""

    def vector(self, content):
        """Returns the initializer of a struct vector."""
        support = content["support"]
        indices = self.array("uint32_t", [f"{i}u" for i in support.get("indices", support.get("blocks", []))])
        count = len(support.get("blocks", content["values"]))
        fields = [
            f"{content['dimension']}u", SUPPORTS.index(support["type"]), CODINGS.index(content["coding"]), f"{len(content['values'])}u",
            indices, f"{count}u", f"{support.get('length', 0)}u", f"0x{support.get('seed', '0')}u", self.doubles(content["values"]),
        ]  # fmt: skip
        return "{" + ", ".join(map(str, fields)) + "}"

    def parts(self, entry):
        """Returns the name of the array with a file's content, and its length."""
        if entry["kind"] == "replica":
            part = f"{{.round = {entry['round']}u, .x = {self.doubles(entry['x'])}, .sum = {self.doubles(entry['sum'])}, .size = {len(entry['x'])}}}"
            return self.array("struct part", [part]), 1
        if entry["kind"] == "frame":
            return self.array("struct part", [f"{{.vector = {self.vector(entry['vector'])}}}"]), 1
        if entry["kind"] == "message":
            return self.array("struct part", [self.message(entry)]), 1
        made = []
        for one in entry.get("updates", entry.get("deltas")):
            more = f".vector = {self.vector(one.get('changes', one.get('vector')))}"
            if "divisors" in one:
                divisors = self.doubles(one["divisors"])
                more += f", .retained = {int(one['retained'])}, .factor = {bits(one['factor'])}, .x = {divisors}, .size = {len(one['divisors'])}"
            made.append(f"{{.round = {one['round']}u, {more}}}")
        return self.array("struct part", made), len(made)

    def message(self, entry):
        """Returns the initializer of a message's struct part."""
        figures = [(1, "loss"), (2, "gradientNorm"), (4, "smoothness")]
        present = sum(flag for flag, name in figures if name in entry)
        values = ", ".join(bits(entry.get(name, 0.0)) for _, name in figures)
        metrics = sorted(entry.get("metrics", {}).items())
        names = self.array("char *const", [json.dumps(name) for name, _ in metrics])
        return (
            f"{{.vector = {self.vector(entry['vector'])}, .sequence = {entry['sequence']}, .previous = 0x{entry['previous']}u, "
            f".samples = {entry['samples']}, .present = {present}, .figures = {{{values}}}, .names = {names}, "
            f".x = {self.doubles([value for _, value in metrics])}, .size = {len(metrics)}}}"
        )


def main():
    index = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
    source, good, bad, seeded = Vectors("vectors.h"), [], [], []
    for entry in index["good"]:
        if entry["kind"] in KINDS:
            name, count = source.parts(entry)
            data = source.bytes((FOLDER / entry["file"]).read_bytes())
            good.append(
                f'"{entry["file"]}", {KINDS.index(entry["kind"])}, {data}, {entry["bytes"]}, 0x{entry["digest"]}u, {name}, {count}'
            )
    for entry in index["bad"]:
        if entry["kind"] in KINDS:
            limits = ", ".join(f"{entry['limits'][name]}u" for name in ("dimension", "maxCount", "maxBytes"))
            data = source.bytes((FOLDER / entry["file"]).read_bytes())
            kind = KINDS.index(entry["kind"])
            bad.append(f'"{entry["file"]}", {kind}, {data}, {entry["bytes"]}, "{entry["fault"]}", {entry["position"]}, {limits}')
    for entry in index["seeded"]:
        indices = source.array("uint32_t", [f"{i}u" for i in entry["indices"]])
        seeded.append(f"{entry['dimension']}u, {entry['count']}u, 0x{entry['seed']}u, {indices}")
    source.table("struct good", "good_vectors", good)
    source.table("struct bad", "bad_vectors", bad)
    source.table("struct drawn", "drawn_supports", seeded)
    source.write(sys.argv[1])


main()
