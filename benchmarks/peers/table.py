"""The results as a Markdown table."""

from collections import Counter

COLUMNS = (
    "case",
    "system",
    "end",
    "faults",
    "rounds",
    "rounds again",
    "updates counted",
    "updates lost",
    "trainings repeated",
    "counted twice",
    "in a wrong round",
    "operator's actions",
    "clients ended",
    "seconds",
    "patience, s",
    "MB up and down",
    "server CPU s",
    "server MB",
    "accuracy",
    "same bits as without a fault",
)


def table(results):
    """Returns the table of results. For each case, system and seed, the newest result counts; several seeds are shown as a range."""
    newest = {(result["case"], result["system"], result["seed"]): result for result in results}
    clean = {result["system"]: result.get("hashes", {}) for result in results if result["case"] == "no fault"}
    rows = {}
    for (case, system, _), result in newest.items():
        rows.setdefault((case, system), []).append(_cells(result, clean.get(system, {})))
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    lines += ["| " + " | ".join(map(_spread, zip(*repetitions))) + " |" for repetitions in rows.values()]
    return "\n".join(lines) + "\n"


def _cells(result, clean):
    common = result.get("hashes", {}).keys() & clean.keys()
    same = common and all(result["hashes"][number] == clean[number] for number in common)
    return [
        result["case"],
        result["system"],
        _end(result),
        result["faults"],
        result["rounds"],
        result["rounds_again"],
        f"{result['updates_counted']} of {result['clients'] * result['rounds']}",
        result["updates_lost"],
        result.get("trainings_repeated", ""),
        result["updates_twice"],
        result["updates_in_wrong_round"],
        len(result["actions"]),
        result["clients_ended"],
        result.get("seconds", ""),
        result.get("patience", ""),
        f"{result['bytes_up'] / 1e6:.2f} / {result['bytes_down'] / 1e6:.2f}",
        result["server_cpu"],
        round(result["server_memory"] / 1e6),
        result["accuracy"] if result["finite"] else "NaN",
        "" if result["case"] == "no fault" else "yes" if same else "no",
    ]


def _spread(cells):
    """Returns the common value of all repetitions, the smallest and largest number, or each value with its count."""
    counts = Counter(cells)
    if len(counts) == 1:
        return str(cells[0])
    if all(isinstance(cell, (int, float)) for cell in cells):
        return f"{min(cells)} to {max(cells)}"
    return ", ".join(f"{cell} ({count}x)" if count > 1 else str(cell) for cell, count in counts.items())


def _end(result):
    if "error" in result:
        return "error: " + result["error"].splitlines()[0][:80]
    return {"finished": "finished", "stopped": "stopped", "running": "time limit"}[result["state"]]
