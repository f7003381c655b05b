"""Attacks, and sums that bound what one client adds."""

from __future__ import annotations

import numpy as np
import pytest

from evenkeel.trial import parse_arm
from evenkeel.trial._hostile import HostileClients, HostileSettings, NormClipping, clip_sum
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


def test_a_clipped_sum_gives_back_the_plain_one():
    total = np.array([5.0, 6.0])
    plain = clip_sum(total, [np.array([1.0, 2.0]), np.array([4.0, 0.0])], [1.0, 0.5])
    assert total.tolist() == [3, 2]
    assert plain.tolist() == [5, 6]


@pytest.mark.parametrize("text", ["clip", "clip:", "clip:0.5", "clip:nan", "clip:inf", "trim:0.1"])
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
