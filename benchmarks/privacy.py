"""Draws docs/images/privacy.svg from docs/privacy.csv: python3 benchmarks/privacy.py

With folders of `pilot sweep` that have the axes noise and step, it prints the lines for the file instead. Each line shows the best
step by training loss, and the best of the arms that differ only in the suffix after -ef21.
"""

import csv
import math
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "docs" / "privacy.csv"
PICTURE = ROOT / "docs" / "images" / "privacy.svg"
ARMS = {
    "coordinator": "coordinator",
    "coordinator, EF21": "coordinator-ef21",
    "shares": "shares",
    "shares, EF21": "shares-ef21",
    "devices": "device",
    "devices, EF21": "device-ef21",
}
KINDS = ["central", "central fed", "shares", "shares fed", "local", "local fed"]
DELTA = 1e-6
PANEL, LEFT, TOP, GAP = 190, 44, 108, 52
MIN_EPSILON, MAX_EPSILON = 0.4, 200.0
STYLE = """
text { font: 13px sans-serif; fill: #1c2024 } .axis { stroke: #d5d9de; stroke-width: 1 } .head { font-weight: bold }
path { fill: none; stroke-width: 2.5 } .fed { stroke-dasharray: 5 4 }
.central { stroke: #0b6bcb } .shares { stroke: #15803d } .local { stroke: #b45309 }
circle { stroke: none } circle.central { fill: #0b6bcb } circle.shares { fill: none; stroke: #15803d; stroke-width: 2 }
circle.local { fill: #b45309 }
@media (prefers-color-scheme: dark) { text { fill: #e6e8eb } .axis { stroke: #454b54 }
.central { stroke: #62b0ff } .shares, circle.shares { stroke: #4ade80 } .local { stroke: #f5a524 }
circle.central { fill: #62b0ff; stroke: none } circle.local { fill: #f5a524; stroke: none } }
"""


def measured(folder: Path) -> list[str]:
    """Returns the rows of a sweep."""
    sys.path.insert(0, str(ROOT / "client-sdk" / "python" / "src"))
    from evenkeel import privacy

    settings = (folder / "sweep.yaml").read_text()
    rounds, clients = (int(re.search(rf"\b{name}: (\d+)", settings)[1]) for name in ("rounds", "clients"))
    best: dict[tuple[float, str], tuple[float, float]] = {}
    with open(folder / "sweep.csv", newline="") as file:
        for row in csv.DictReader(file):
            key = float(row["noise"]), re.sub("-ef21.*", "-ef21", row["arm"])
            found = float(row["final_loss"]), float(row["test_metric"])
            best[key] = min(best.get(key, found), found)
    lines = []
    for (noise, arm), (loss, accuracy) in sorted(best.items()):
        spent = privacy.epsilon(noise / 2, rounds, DELTA)
        epsilon = f"{spent:.0f}" if spent >= 10 else f"{spent:.1f}" if spent >= 1 else f"{spent:.2f}"
        lines.append(f"{folder.name},{clients},{noise:g},{epsilon},{arm},{loss:.3f},{100 * accuracy:.1f}")
    return lines


def points() -> dict[str, list[tuple[float, list[float | None]]]]:
    """Returns epsilon and the accuracies of the arms for each data set, by descending epsilon."""
    found: dict[str, dict[float, dict[str, float]]] = {}
    with open(FIGURES, newline="") as file:
        for row in csv.DictReader(file):
            name = f"{row['data']}, {int(row['devices']):,} devices"
            found.setdefault(name, {}).setdefault(float(row["epsilon"]), {})[row["arm"]] = float(row["accuracy in %"])
    return {
        name: [(epsilon, [arms.get(arm) for arm in ARMS.values()]) for epsilon, arms in rows.items() if "shares" in arms]
        for name, rows in found.items()
    }


def panel(name: str, rows: list[tuple[float, list[float | None]]], left: float) -> list[str]:
    """Draws one data set."""
    values = [value for _, accuracies in rows for value in accuracies if value is not None]
    low, high = math.floor(min(values) / 10) * 10, math.ceil(max(values) / 10) * 10

    def x(epsilon: float) -> float:
        return round(left + math.log(epsilon / MIN_EPSILON) / math.log(MAX_EPSILON / MIN_EPSILON) * PANEL, 1)

    def y(accuracy: float) -> float:
        return round(TOP + (high - accuracy) / (high - low) * PANEL, 1)

    parts = [f'<text class="head" x="{left}" y="{TOP - 14}">{name}</text>']
    for accuracy in range(low, high + 1, 10):
        parts.append(f'<line class="axis" x1="{left}" x2="{left + PANEL}" y1="{y(accuracy)}" y2="{y(accuracy)}"/>')
        parts.append(f'<text x="{left - 6}" y="{y(accuracy) + 4}" text-anchor="end">{accuracy}</text>')
    for epsilon in (0.5, 2, 8, 32, 128):
        parts.append(f'<line class="axis" x1="{x(epsilon)}" x2="{x(epsilon)}" y1="{TOP}" y2="{TOP + PANEL}"/>')
        parts.append(f'<text x="{x(epsilon)}" y="{TOP + PANEL + 18}" text-anchor="middle">{epsilon:g}</text>')
    for arm, kind in enumerate(KINDS):
        line = [(x(epsilon), y(accuracies[arm])) for epsilon, accuracies in rows if accuracies[arm] is not None]
        if line:
            parts.append(f'<path class="{kind}" d="M{" L".join(f"{a} {b}" for a, b in line)}"/>')
            parts += [
                f'<circle class="{kind.split()[0]}" cx="{a}" cy="{b}" r="{5 if "shares" in kind else 3.5}"/>' for a, b in line
            ]
    return parts


def draw() -> None:
    """Writes the picture."""
    found = points()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + len(found) * (PANEL + GAP)} {TOP + PANEL + 44}" role="img">',
        "<title>Held-out accuracy against epsilon, with noise by the coordinator, in shares and by devices</title>",
        f"<style>{STYLE}</style>",
        '<text x="12" y="20">Held-out accuracy in % against epsilon. Noise of</text>',
    ]
    for i, (arm, kind) in enumerate(zip(ARMS, KINDS)):
        left, top = 12 + 180 * (i // 2), 40 + 22 * (i % 2)
        parts.append(f'<path class="{kind}" d="M{left} {top} h32"/><text x="{left + 40}" y="{top + 4}">{arm}</text>')
    for i, (name, rows) in enumerate(found.items()):
        parts += panel(name, rows, LEFT + i * (PANEL + GAP))
    PICTURE.write_text("\n".join([*parts, "</svg>"]) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print("\n".join(line for folder in sys.argv[1:] for line in measured(Path(folder))))
    else:
        draw()
