"""The results as a Markdown table."""

COLUMNS = (
    "case",
    "system",
    "end",
    "faults",
    "rounds",
    "rounds again",
    "updates counted",
    "updates lost",
    "counted twice",
    "in a wrong round",
    "operator's actions",
    "clients ended",
    "seconds",
    "MB up and down",
    "server CPU s",
    "server MB",
    "accuracy",
    "same bits as without fault",
)


def table(results):
    """Returns the table of results; the newest of a case and system counts."""
    newest = {(result["case"], result["system"]): result for result in results}
    clean = {result["system"]: result.get("hashes", {}) for result in results if result["case"] == "no fault"}
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    for (case, system), result in newest.items():
        common = result.get("hashes", {}).keys() & clean.get(system, {}).keys()
        same = common and all(result["hashes"][number] == clean[system][number] for number in common)
        cells = [
            case,
            system,
            _end(result),
            result["faults"],
            result["rounds"],
            result["rounds_again"],
            f"{result['updates_counted']} of {result['clients'] * result['rounds']}",
            result["updates_lost"],
            result["updates_twice"],
            result["updates_in_wrong_round"],
            len(result["actions"]),
            result["clients_ended"],
            result.get("seconds", ""),
            f"{result['bytes_up'] / 1e6:.2f} / {result['bytes_down'] / 1e6:.2f}",
            result["server_cpu"],
            round(result["server_memory"] / 1e6),
            result["accuracy"] if result["finite"] else "NaN",
            "" if case == "no fault" else "yes" if same else "no",
        ]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines) + "\n"


def _end(result):
    if "error" in result:
        return "error: " + result["error"].splitlines()[0][:80]
    return {"finished": "finished", "stopped": "stopped", "running": "time limit"}[result["state"]]
