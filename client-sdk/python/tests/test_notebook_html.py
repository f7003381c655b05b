"""Runs and curves as HTML for notebooks."""

import math
import re
import xml.etree.ElementTree as xml

import numpy as np
import pytest

from evenkeel._svg import curves
from evenkeel.operator import RunStatus
from evenkeel.operator._html import run_table, runs_table
from evenkeel.trial import NumpyProblem, compare

HOSTILE = '<script>alert("x")</script>&'


def points_of(picture):
    return [[tuple(map(float, p.split(","))) for p in line.split()] for line in re.findall(r'points="([^"]*)"', picture)]


def test_a_curve_is_well_formed_and_goes_from_corner_to_corner():
    picture = curves({"loss": [(0, 4.0), (1, 2.0), (2, 1.0)]}, "loss by round", log=True)
    xml.fromstring(picture)
    [(first, middle, last)] = points_of(picture)
    assert first[0] < middle[0] < last[0] and first[1] < middle[1] < last[1]
    # On a logarithmic axis a factor of two is the same distance everywhere.
    assert middle[1] - first[1] == pytest.approx(last[1] - middle[1], abs=0.2)


@pytest.mark.parametrize("values", [[1.0, 1.0], [0.0, -1.0], [1e308, -1e308], [5e-324, 1e-320]])
def test_any_finite_values_give_finite_coordinates(values):
    picture = curves({"loss": list(enumerate(values))}, "loss", log=True)
    assert all(math.isfinite(place) for line in points_of(picture) for point in line for place in point)


def test_points_without_a_finite_value_are_left_out():
    points = [(0, None), (1, math.nan), (2, 3.0), (3, math.inf), (4, 1.0)]
    assert len(points_of(curves({"loss": points}, "loss"))[0]) == 2
    assert curves({"loss": points[:3]}, "loss") == ""


def test_names_of_curves_and_their_label_are_escaped():
    picture = curves({HOSTILE: [(0, 1), (1, 2)], "b": [(0, 1), (1, 2)]}, HOSTILE)
    assert "<script" not in picture
    xml.fromstring(picture)


def test_a_run_s_texts_are_escaped():
    run = {
        "name": HOSTILE,
        "state": HOSTILE,
        "algorithm": HOSTILE,
        "compressor": HOSTILE,
        "message": HOSTILE,
        "round": 3,
        "rounds": 9,
    }
    series = {"round": [0, 1], "loss": [2.0, 1.0], "uplinkBytes": [10, 20], "denseUplinkBytes": [100, 200]}
    shown = [run_table(run, series), runs_table([run]), RunStatus.of(run)._repr_html_()]
    assert not any("<script" in text for text in shown)
    assert all("&lt;script&gt;" in text and "3 of 9" in text for text in shown)
    assert "<svg" in shown[0] and "20 B of 200 B" in shown[0]


def test_messages_larger_than_uncompressed_ones_are_pointed_out():
    series = {"round": [0, 1], "loss": [None, None], "uplinkBytes": [10, 340], "denseUplinkBytes": [10, 336]}
    assert "340 B, more than uncompressed messages would take (336 B)" in run_table({"name": "a"}, series)


def test_a_run_without_closed_rounds_has_no_curve():
    assert "<svg" not in run_table({"name": "a"}, {"round": [], "loss": [], "uplinkBytes": [], "denseUplinkBytes": []})


def test_only_the_newest_of_many_runs_are_shown():
    table = runs_table([{"name": f"run-{i}"} for i in range(60)])
    assert "run-49" in table and "run-50" not in table and "and 10 more" in table


def test_a_trial_s_results_have_their_curves():
    problem = NumpyProblem([lambda x: (float(x @ x) / 2, x)] * 2, np.ones(4))
    results = compare(problem, ["ef21,gamma=0.5"], rounds=3, seeds=(1, 2), uncompressed_gamma=0.5, progress=False)
    lines = points_of(results._repr_html_())
    assert [len(line) for line in lines] == [4, 4]
    # The loss is a quarter after each step.
    assert results.runs[0].points[1].loss < results.runs[0].points[0].loss and lines[0][0][1] < lines[0][3][1]
