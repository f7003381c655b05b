"""Determines from a case's logs how often each client's work was counted in the model, without relying on the system under test."""

from collections import Counter


def judge(rounds, trained, settings):
    """Returns the figures of a case.

    Args:
        rounds: the records of ``Workload.log_round``, in the order of writing.
        trained: the records of ``Workload.train``.
        settings: the case's ``Settings``.
    """
    # A system that returned to a saved model wrote a round again; the last record belongs to the final model.
    lineage = {record["round"]: record for record in rounds}
    before = [[0.0] * settings.clients] * 2
    counted = twice = late = unclear = 0
    in_model = set()
    for number in sorted(lineage):
        counters = lineage[number]["counters"]
        shares, tags = ([new - old for new, old in zip(*pair)] for pair in zip(counters, before))
        before = counters
        smallest = min((share for share in shares if share > 1e-3), default=0)
        if not smallest:
            unclear += 1
            continue
        # With m averaged results, each client's share is (how often it was counted) / m; at least one client was counted once.
        results = 1 / smallest
        for client, (share, tag) in enumerate(zip(shares, tags)):
            times = round(share * results)
            if times > 0:
                in_model.add((client, number))
            unclear += abs(share * results - times) > 0.02
            counted += times
            twice += max(0, times - 1)
            late += times > 0 and abs(tag / share - number) > 0.02
    tries = Counter((record["client"], record["round"]) for record in trained)
    again = Counter()
    for (_, number), times in tries.items():
        again[number] = max(again[number], times - 1)
    last = lineage[max(lineage)] if lineage else None
    return {
        "rounds": len(lineage),
        "rounds_again": sum(again.values()),
        "updates": len(trained),
        "updates_counted": counted,
        "updates_lost": len(tries.keys() - in_model),
        "trainings_repeated": len(trained) - len(tries),
        "updates_twice": twice,
        "updates_in_wrong_round": late,
        "unclear": unclear,
        "finite": last["finite"] if last else None,
        "accuracy": round(last["accuracy"], 4) if last else None,
        "hashes": {number: record["hash"] for number, record in lineage.items()},
    }
