"""summary.json, computed from the trajectories."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from math import isnan
from typing import Any

from .._version import __version__
from ._arm import Arm, schedule_text
from ._arm_figures import ArmFigures
from ._contrast import Contrasts
from ._contrast_text import findings
from ._figures import Goals, RunFigures, Target, choose_targets, finite, is_trivial, spread
from ._headline import Verdict, verdict
from ._problem import Problem
from ._quality import QualityJudge
from ._run import ArmRun
from ._search import Search
from ._settings import Settings
from ._thresholds import Thresholds
from ._verdict import Comparison, compare


def summarize(
    problem: Problem,
    settings: Settings,
    arms: Sequence[Arm],
    baseline: str,
    seeds: Sequence[int],
    targets: Sequence[Target],
    runs: Sequence[ArmRun],
    searches: Mapping[str, Search] | None = None,
    thresholds: Thresholds = Thresholds(),
) -> tuple[dict[str, Any], list[Comparison], Verdict]:
    """Returns the content of summary.json (format version 3, like the Java trial's), and its verdicts.

    Args:
        targets: the requested targets; if empty, shares of the baseline's gain.
        searches: the searches for step sizes, by arm.
    """
    of_baseline = [run for run in runs if run.arm == baseline]
    measured = any(not isnan(point.test_metric) for run in runs for point in run.points)
    metric = problem.metric if measured else None
    goals = Goals(of_baseline, problem.metric.higher_is_better)
    wanted = targets or choose_targets(of_baseline, thresholds.accuracy_points, problem.metric, problem.classes)
    dropped = [target for target in wanted if is_trivial(target, goals, of_baseline, metric, problem.classes)]
    kept = [target for target in wanted if target not in dropped]
    judge = QualityJudge(thresholds, metric, problem.classes)
    contrasts = Contrasts(kept, thresholds, judge, None if metric is None else metric.name)
    figures = {
        arm.name: ArmFigures(arm, [RunFigures(run, goals) for run in runs if run.arm == arm.name], (searches or {}).get(arm.name))
        for arm in arms
    }
    comparisons = [compare(kept, contrasts, each, figures[baseline]) for name, each in figures.items() if name != baseline]
    found = verdict(contrasts, list(figures.values()), baseline)
    started = [run.points[0] for run in of_baseline if run.points]
    summary: dict[str, Any] = {
        "version": 3,
        "complete": all(run.outcome != "interrupted" for run in runs),
        "problem": {
            "description": problem.description,
            "dimension": problem.layout.dimension,
            "clients": problem.clients,
            "samples": sum(problem.samples),
            "rounds": settings.rounds,
            "seeds": list(seeds),
            "initialLoss": spread([point.loss for point in started])["median"],
            "initialGradNorm": spread([point.grad_norm for point in started])["median"],
            "metric": None if metric is None else metric.name,
            "higherIsBetter": metric is None or metric.higher_is_better,
            "classes": None if problem.classes is None else problem.classes.as_json(),
            "clientSamples": {
                "fewest": min(problem.samples),
                "most": max(problem.samples),
                "weighted": settings.weighted,
            },
        },
        "baseline": baseline,
        "targets": [str(target) for target in kept],
        "droppedTargets": [str(target) for target in dropped if target in targets],
        "thresholds": thresholds.as_json(),
        "arms": [_arm(problem, figures[arm.name], kept) for arm in arms],
        "comparisons": [],
        "verdict": found.as_json(),
        "environment": _environment(),
    }
    by_name = {arm["name"]: arm for arm in summary["arms"]}
    for comparison in comparisons:
        comparison.findings = findings(by_name[comparison.arm], by_name[baseline], summary)
        summary["comparisons"].append(comparison.as_json())
    return summary, comparisons, found


def _arm(problem: Problem, figures: ArmFigures, targets: Sequence[Target]) -> dict[str, Any]:
    arm, runs = figures.arm, figures.runs

    def over_seeds(what: Callable[[RunFigures], float]) -> dict[str, Any]:
        return spread([what(run) for run in runs])

    return {
        "name": arm.name,
        "algorithm": arm.preset.text,
        "feedback": arm.preset.feedback,
        "step": arm.rule.text,
        "gamma": arm.gamma_text,
        "eta": schedule_text(arm.eta),
        "compressor": str(arm.compressor),
        "alpha": arm.bind(problem.layout).alpha,
        "privacy": None if figures.privacy is None else figures.privacy.as_json(),
        "search": None if figures.search is None else figures.search.as_json(),
        "reaches": [_reach(target, runs) for target in targets],
        "stability": {
            "shareOfRises": over_seeds(lambda run: run.share_of_rises())["median"],
            "largestRise": max((run.largest_rise for run in runs), default=None),
            "lastTenthSpread": over_seeds(lambda run: run.last_tenth_spread)["median"],
            "lastTenthShareOfRises": over_seeds(lambda run: run.share_of_rises(run.last_tenth))["median"],
            "divergences": sum(run.diverged for run in runs),
        },
        "lossPerMegabyte": over_seeds(lambda run: run.loss_per_megabyte),
        "quality": {
            "loss": over_seeds(lambda run: run.final_loss),
            "gradNorm": over_seeds(lambda run: run.final_grad_norm),
            "bestGradNorm": over_seeds(lambda run: run.best_grad_norm),
            "testMetric": over_seeds(lambda run: run.final_test_metric),
        },
        "runs": [_run(run) for run in runs],
    }


def _reach(target: Target, runs: Sequence[RunFigures]) -> dict[str, Any]:
    reached = [run.reach(target) for run in runs]
    columns = {"rounds": "round", "uplinkBytes": "uplink_bytes", "downlinkBytes": "downlink_bytes", "seconds": "seconds"}
    spreads = {
        name: spread([float("inf") if point is None else getattr(point, column) for point in reached])
        for name, column in columns.items()
    }
    value = spread([run.goal(target).value for run in runs])["median"]
    return {
        "target": str(target),
        "value": value,
        "reached": sum(p is not None for p in reached),
        "seeds": len(runs),
        **spreads,
    }


def _run(figures: RunFigures) -> dict[str, Any]:
    run = figures.run
    last = run.points[-1] if run.points else None
    return {
        "seed": run.seed,
        "outcome": run.outcome,
        "round": run.round,
        "reason": run.reason,
        "loss": finite(last.loss) if last else None,
        "gradNorm": finite(last.grad_norm) if last else None,
        "testMetric": finite(last.test_metric) if last else None,
        "uplinkBytes": last.uplink_bytes if last else 0,
        "downlinkBytes": last.downlink_bytes if last else 0,
        "seconds": last.seconds if last else 0.0,
    }


def _environment() -> dict[str, Any]:
    return {
        "evenkeel": __version__,
        "java": f"none: Python {platform.python_version()}",
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count() or 1,
        "finished": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
