"""Attacks, and sums that bound what one client adds."""

from __future__ import annotations

import numpy as np
import pytest

from evenkeel.trial import parse_arm
from evenkeel.trial._hostile import HostileClients, HostileSettings
from evenkeel.trial._robust import NormClipping, TrimmedMean
from evenkeel.trial._settings import Settings


@pytest.mark.parametrize(
    ("attack", "expected"),
    [("sign-flip", [-6, 15]), ("inner-product", [-6, -12]), ("little", [2 - 3 * (2 / 3) ** 0.5, 4 - 6 * (2 / 3) ** 0.5])],
)
def test_the_last_clients_report_what_harms(attack, expected):
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


def test_a_trimmed_mean_weights_what_is_left_and_leaves_out_who_has_sent_nothing():
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


def test_only_algorithms_whose_clients_keep_their_vectors_are_robust():
    with pytest.raises(ValueError, match="not for gd"):
        parse_arm("gd,gamma=1,robust=clip:2")


@pytest.mark.parametrize("text", ["flip:0.1:1", "sign-flip:0.1", "sign-flip:0:1", "little:0.5:1", "little:0.1:0", "little:x:1"])
def test_unknown_attacks_are_refused(text):
    with pytest.raises(ValueError, match="hostile"):
        Settings(hostile=text)
