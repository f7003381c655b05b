"""Attacks, and sums that bound one client's contribution."""

from __future__ import annotations

import numpy as np
import pytest

from evenkeel.step import StepInput
from evenkeel.trial import parse_arm
from evenkeel.trial._fleet import NumpyFleet
from evenkeel.trial._hostile import HostileClients, HostileSettings
from evenkeel.trial._robust import NormClipping, TrimmedMean
from evenkeel.trial._settings import Settings
from evenkeel.vector import TensorLayout

SCATTER = "ef14-decay-scatter-mean"


@pytest.mark.parametrize(
    ("attack", "expected"),
    [("sign-flip", [-6, 15]), ("inner-product", [-6, -12]), ("little", [2 - 3 * (2 / 3) ** 0.5, 4 - 6 * (2 / 3) ** 0.5])],
)
def test_the_last_clients_report_harmful_values(attack, expected):
    clients = HostileClients(HostileSettings(attack, 0.4, 3.0), 5, np.zeros(2))
    for _ in range(2):
        clients.begin_round()
        for client in range(3):
            gradient = np.array([1.0, 2.0]) * (client + 1)
            assert clients.passed(client, gradient) is gradient
        np.testing.assert_allclose(clients.passed(4, np.array([2.0, -5.0])), expected, rtol=1e-12)


def test_only_vectors_longer_than_the_bound_are_scaled():
    assert NormClipping(2).factors([1, 3, 2, 8, 0]) == [1, 1, 1, 0.5, 1]
    assert NormClipping(2).factors([0, 0]) == [1, 1]


def test_clients_that_have_sent_nothing_do_not_make_the_bound_zero():
    assert NormClipping(1).factors([0, 0, 4, 0, 2]) == [1, 1, 0.5, 1, 1]


def test_a_clipped_sum_bounds_the_weighted_vectors():
    total = np.array([5.0, 6.0])
    NormClipping(1).sum_into(total, [np.array([3.0, 4.0]), np.array([5.0, 0.0]), np.array([6.0, 8.0])], [1.0, 1.0, 2.0])
    assert total.tolist() == [14, 12]


def test_a_trimmed_mean_leaves_out_both_ends_of_each_coordinate():
    vectors = [np.array(each, float) for each in ([1, -50], [2, 1], [3, 2], [100, 3], [-7, 4])]
    total = np.array([9.0, 9.0])
    TrimmedMean(0.2).sum_into(total, vectors, [1.0] * 5)
    assert total.tolist() == [10, 10]


def test_a_trimmed_mean_weights_the_rest_and_leaves_out_clients_that_have_sent_nothing():
    total = np.zeros(1)
    vectors = [np.array([float(value)]) for value in (2, 6, 0, -1, 80, 0)]
    TrimmedMean(0.4).sum_into(total, vectors, [1.0, 3.0, 9.0, 1.0, 1.0, 9.0])
    assert total.tolist() == [6 * (2 + 3 * 6) / 4]
    TrimmedMean(0.49).sum_into(total, [np.array([3.0])], [2.0])
    assert total.tolist() == [6]
    TrimmedMean(0.1).sum_into(total, [np.zeros(1)], [2.0])
    assert total.tolist() == [0]


@pytest.mark.parametrize(
    "text", ["clip", "clip:", "clip:0.5", "clip:nan", "clip:inf", "trim", "trim:", "trim:0", "trim:0.5", "median"]
)
def test_other_sums_are_refused(text):
    with pytest.raises(ValueError, match="robust"):
        parse_arm(f"ef21,gamma=1,robust={text}")


def test_only_algorithms_whose_clients_keep_their_vectors_have_a_trimmed_mean():
    with pytest.raises(ValueError, match="not for gd: use clip"):
        parse_arm("gd,gamma=1,robust=trim:0.2")


def test_a_bound_of_messages_limits_a_client_that_sends_rubbish():
    sent = [[3.0, 4.0, 0.0, 0.0], [3.0, 4.0, 0.0, 0.0], [0.0, 0.0, 3e9, -4e9]]
    for robust, limit in (("", np.inf), (",robust=clip:1", 5.0)):
        fleet = NumpyFleet(parse_arm(f"{SCATTER},gamma=1,compressor=top-k:2{robust}"), TensorLayout.flat(4), 3, np.zeros(4))
        _round(fleet, sent, [1.0] * 3)
        np.testing.assert_allclose(fleet.x[:2], [-3, -4])
        assert (np.linalg.norm(fleet.x[2:]) <= 5.0 * (1 + 1e-12)) == (limit == 5.0)


def test_each_coordinate_is_averaged_over_its_senders():
    arm = parse_arm(f"{SCATTER},gamma=1,compressor=top-k:2+float64")
    fleet = NumpyFleet(arm, TensorLayout.flat(5), 3, np.zeros(5))
    _round(fleet, [[4.0, 1.0, 0.1, 0.0, 0.0], [0.0, 4.0, 0.0, 7.0, 0.0], [0.0, 3.0, 0.0, 0.0, -2.0]], [1.0, 2.0, 3.0])
    np.testing.assert_allclose(fleet.x, [-4, -18 / 6, 0, -7, 2])


def test_a_coordinate_that_all_sent_has_the_bits_of_the_plain_mean():
    found = []
    for algorithm in (SCATTER, "ef14-decay"):
        fleet = NumpyFleet(parse_arm(f"{algorithm},gamma=0.3,compressor=identity+float64"), TensorLayout.flat(4), 3, np.zeros(4))
        for draw in np.random.default_rng(1).normal(size=(3, 3, 4)):
            _round(fleet, draw, [0.1, 0.2, 0.3])
        found.append(fleet.x)
    assert found[0].tolist() == found[1].tolist()


def _round(fleet, gradients, weights):
    fleet.begin_round()
    whole = 0.0
    for client, (gradient, weight) in enumerate(zip(gradients, weights)):
        compressor = fleet._arm.bind(fleet._state.layout)
        fleet.send(client, np.array(gradient), compressor, 1.0, 0, weight, fleet.x, None)
        whole += weight
    fleet.step(StepInput(whole, fleet._arm.gamma.largest))


@pytest.mark.parametrize("text", ["flip:0.1:1", "sign-flip:0.1", "sign-flip:0:1", "little:0.5:1", "little:0.1:0", "little:x:1"])
def test_unknown_attacks_are_refused(text):
    with pytest.raises(ValueError, match="hostile"):
        Settings(hostile=text)
