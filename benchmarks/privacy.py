"""Draws docs/images/privacy.svg from the table of private arms in docs/reproduction.md: python3 benchmarks/privacy.py"""

import math
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reproduction.md"
PICTURE = ROOT / "docs" / "images" / "privacy.svg"
START = "### Noise by devices, or by the coordinator"
ROW = re.compile(r"^\| ([^|]+?) \| [\d.]+ \| ([\d.,]+) \|(.*)\|$")
ACCURACY = re.compile(r"([\d.]+)%")
ARMS = ["coordinator", "coordinator, EF21", "devices", "devices, EF21"]
KINDS = ["central", "central fed", "local", "local fed"]
PANEL, LEFT, TOP, GAP = 190, 44, 86, 52
LEAST, MOST = 0.4, 200.0
STYLE = """
text { font: 13px sans-serif; fill: #1c2024 } .axis { stroke: #d5d9de; stroke-width: 1 } .head { font-weight: bold }
path { fill: none; stroke-width: 2.5 } .central { stroke: #0b6bcb } .local { stroke: #b45309 } .fed { stroke-dasharray: 5 4 }
circle.central { fill: #0b6bcb } circle.local { fill: #b45309 }
@media (prefers-color-scheme: dark) { text { fill: #e6e8eb } .axis { stroke: #454b54 } .central { stroke: #62b0ff }
.local { stroke: #f5a524 } circle.central { fill: #62b0ff } circle.local { fill: #f5a524 } }
"""


def rows(text: str) -> dict[str, list[tuple[float, list[float | None]]]]:
    """Returns for each data set epsilon and the accuracies of the arms, by falling epsilon."""
    found: dict[str, list[tuple[float, list[float | None]]]] = {}
    for line in text[text.index(START) :].splitlines():
        row = ROW.match(line)
        if row:
            cells = [ACCURACY.search(cell) for cell in row[3].split("|")]
            accuracies = [float(cell[1]) if cell else None for cell in cells]
            found.setdefault(row[1], []).append((float(row[2].replace(",", "")), accuracies))
        elif found and line.startswith("#"):
            break
    return found


def panel(name: str, points: list[tuple[float, list[float | None]]], left: float) -> list[str]:
    """Draws one data set."""
    values = [value for _, accuracies in points for value in accuracies if value is not None]
    low, high = math.floor(min(values) / 10) * 10, math.ceil(max(values) / 10) * 10

    def x(epsilon: float) -> float:
        return round(left + math.log(epsilon / LEAST) / math.log(MOST / LEAST) * PANEL, 1)

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
        line = [(x(epsilon), y(accuracies[arm])) for epsilon, accuracies in points if accuracies[arm] is not None]
        if line:
            parts.append(f'<path class="{kind}" d="M{" L".join(f"{a} {b}" for a, b in line)}"/>')
            parts += [f'<circle class="{kind.split()[0]}" cx="{a}" cy="{b}" r="3.5"/>' for a, b in line]
    return parts


def main() -> None:
    """Writes the picture."""
    found = rows(PAGE.read_text())
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + len(found) * (PANEL + GAP)} {TOP + PANEL + 44}" role="img">',
        "<title>Held-out accuracy against epsilon, with noise of the coordinator and of devices</title>",
        f"<style>{STYLE}</style>",
        '<text x="12" y="20">Held-out accuracy in % against epsilon. Noise added by</text>',
    ]
    for i, (arm, kind) in enumerate(zip(ARMS, KINDS)):
        left = 12 + 180 * i
        parts.append(f'<path class="{kind}" d="M{left} 40 h32"/><text x="{left + 40}" y="44">{arm}</text>')
    for i, (name, points) in enumerate(found.items()):
        parts += panel(name, points, LEFT + i * (PANEL + GAP))
    PICTURE.write_text("\n".join([*parts, "</svg>"]) + "\n")


if __name__ == "__main__":
    main()
