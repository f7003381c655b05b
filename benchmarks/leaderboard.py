"""Draws docs/images/leaderboard.svg from the first table of docs/measured.md: python3 benchmarks/leaderboard.py

With a page of `evenkeel pilot reproduce leaderboard --page`, it first copies that page's first table to docs/measured.md, and the
figures beside the page to docs/leaderboard.csv.
"""

import math
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "measured.md"
FIGURES = ROOT / "docs" / "leaderboard.csv"
BLOCK = re.compile(r"(<!-- leaderboard -->\n).*?(<!-- end -->)", re.DOTALL)
PICTURE = ROOT / "docs" / "images" / "leaderboard.svg"
ROW = re.compile(r"\| `([^`]+)` \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| [\d.]+ \| [\d.]+ \| \d+ \|")
LEFT, TOP, LINE, WIDTH = 190, 58, 24, 760
MIN_RATIO, MAX_RATIO = 0.3, 100.0
STYLE = """
text { font: 13px sans-serif; fill: #1c2024 } .axis { stroke: #c3c8cf; stroke-width: 1 } .range { stroke: #6b7280; stroke-width: 2 }
.mean { fill: #0b6bcb } .best { fill: #be185d } .worst { fill: none; stroke: #b45309; stroke-width: 2 } .goal { stroke: #15803d; stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) { text { fill: #e6e8eb } .axis { stroke: #454b54 } .range { stroke: #9aa3ae }
.mean { fill: #62b0ff } .best { fill: #f472b6 } .worst { stroke: #f5a524 } .goal { stroke: #4ade80 } }
"""


def place(ratio: float) -> float:
    """Returns a ratio's position on the logarithmic axis."""
    share = math.log(min(max(ratio, MIN_RATIO), MAX_RATIO) / MIN_RATIO) / math.log(MAX_RATIO / MIN_RATIO)
    return round(LEFT + share * (WIDTH - LEFT - 30), 1)


def copy(page: Path) -> None:
    """Copies the table and the figures of a new leader-board."""
    lines = page.read_text().split("\n## ")[1].splitlines(keepends=True)
    table = "".join(line for line in lines if line.startswith("|"))
    PAGE.write_text(BLOCK.sub(lambda block: block[1] + table + block[2], PAGE.read_text()))
    shutil.copy(page.with_name(FIGURES.name), FIGURES)


def draw() -> None:
    """Writes the picture."""
    block = BLOCK.search(PAGE.read_text())
    rows = ROW.findall(block[0]) if block else []
    if not rows:
        raise SystemExit(f"{PAGE} has no rows with both baselines: create it with evenkeel pilot reproduce leaderboard")
    bottom = TOP + LINE * len(rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 30}" role="img">',
        "<title>Rounds of each algorithm divided by those of EF21: geometric mean and worst case</title>",
        f"<style>{STYLE}</style>",
        '<text x="12" y="20">Rounds over those of EF21: </text>',
        '<circle class="mean" cx="190" cy="16" r="5"/><text x="200" y="20">tuned, mean</text>',
        '<circle class="worst" cx="292" cy="16" r="5"/><text x="302" y="20">tuned, worst</text>',
        '<circle class="best" cx="398" cy="16" r="4"/><text x="408" y="20">best step for each target, mean</text>',
        '<line class="goal" x1="620" x2="650" y1="16" y2="16"/><text x="658" y="20">1.5 times</text>',
    ]
    for tick in (0.5, 1, 2, 5, 10, 20, 50, 100):
        parts.append(f'<line class="axis" x1="{place(tick)}" x2="{place(tick)}" y1="{TOP - 18}" y2="{bottom}"/>')
        parts.append(f'<text x="{place(tick)}" y="{bottom + 18}" text-anchor="middle">{tick:g}</text>')
    parts.append(f'<line class="goal" x1="{place(1.5)}" x2="{place(1.5)}" y1="{TOP - 18}" y2="{bottom}"/>')
    for i, (name, mean, worst, best) in enumerate(rows):
        y = TOP + LINE * i
        parts.append(f'<text x="{LEFT - 12}" y="{y + 4}" text-anchor="end">{name}</text>')
        parts.append(f'<line class="range" x1="{place(float(mean))}" x2="{place(float(worst))}" y1="{y}" y2="{y}"/>')
        parts.append(f'<circle class="worst" cx="{place(float(worst))}" cy="{y}" r="5"/>')
        parts.append(f'<circle class="mean" cx="{place(float(mean))}" cy="{y}" r="5"/>')
        parts.append(f'<circle class="best" cx="{place(float(best))}" cy="{y}" r="4"/>')
    PICTURE.write_text("\n".join([*parts, "</svg>"]) + "\n")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        copy(Path(name))
    draw()
