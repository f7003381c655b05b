"""Exact noise, the accountant, and the mechanism; test_java.py compares the mechanism with Java."""

from math import erfc, exp, sqrt

import numpy as np
import pytest

from evenkeel import compress, feedback, privacy
from evenkeel.privacy import _accountant
from evenkeel.privacy._cohort import correction

COUNT = 200_000


def seeded(seed):
    """A fixed sequence of bytes, so that each run of a test sees the same samples."""
    return np.random.Generator(np.random.PCG64(seed)).bytes


@pytest.mark.parametrize("s", [1, 2, 3, 7, 25])
def test_frequencies_are_those_of_the_distribution(s):
    samples = privacy.DiscreteGaussian(seeded(s)).sample(s, COUNT)
    most = 4 * s
    support = np.arange(-40 * s, 40 * s + 1)
    weights = np.exp(-(support**2) / (2 * s * s))
    expected = COUNT * weights / weights.sum()
    inside = np.abs(support) <= most
    counts = np.bincount((samples[np.abs(samples) <= most] + most), minlength=2 * most + 1)
    statistic = ((counts - expected[inside]) ** 2 / expected[inside]).sum()
    rest = expected[~inside].sum()
    statistic += (COUNT - counts.sum() - rest) ** 2 / rest
    # Chi-square has mean f and variance 2 f for f degrees of freedom.
    freedom = counts.size
    assert abs(statistic - freedom) < 4 * sqrt(2 * freedom)


@pytest.mark.parametrize("s", [1, 10, 1000, 1 << 20, 1 << 24])
def test_moments_are_those_of_the_gaussian(s):
    y = privacy.DiscreteGaussian(seeded(77)).sample(s, COUNT) / s
    assert abs(y.mean()) < 0.01
    assert abs((y**2).mean() - 1) < 0.015
    assert abs((y**4).mean() - 3) < 0.12


@pytest.mark.parametrize("numerator, denominator", [(0, 5), (1, 1), (1, 3), (7, 2), (1, 1_000_000_007), (5, 1)])
def test_bernoulli_of_an_exponential_has_its_probability(numerator, denominator):
    events = privacy.DiscreteGaussian(seeded(5)).bernoulli_exp(np.full(COUNT, numerator, np.int64), denominator)
    p = exp(-numerator / denominator)
    assert abs(events.mean() - p) <= 4 * sqrt(p * (1 - p) / COUNT) + 1e-9


@pytest.mark.parametrize("deviation", [0, -1, (1 << 24) + 1])
def test_a_deviation_out_of_range_is_refused(deviation):
    with pytest.raises(ValueError, match="the deviation is"):
        privacy.DiscreteGaussian().sample(deviation, 1)


@pytest.mark.parametrize("multiplier, releases, delta", [(1, 1, 1e-5), (5, 100, 1e-6), (20, 1000, 1e-6), (7.5, 10, 1e-3)])
def test_epsilon_is_at_least_the_exact_value_and_little_more(multiplier, releases, delta):
    def exact(epsilon):
        """Balle and Wang 2018, Theorem 8; the composition is one Gaussian mechanism."""
        mean = sqrt(releases) / multiplier
        upper = erfc((epsilon / mean - mean / 2) / sqrt(2)) / 2
        return upper - exp(epsilon) * erfc((epsilon / mean + mean / 2) / sqrt(2)) / 2

    epsilon = privacy.epsilon(multiplier, releases, delta)
    assert exact(epsilon) <= delta < exact(0.8 * epsilon)


def test_releases_within_a_budget():
    most = privacy.releases(10, 3.0, 1e-6)
    assert privacy.epsilon(10, most, 1e-6) <= 3.0 < privacy.epsilon(10, most + 1, 1e-6)
    assert privacy.releases(1, 0.5, 1e-6) == 0
    assert privacy.epsilon(1, 0, 1e-6) == 0


@pytest.mark.parametrize("arguments, named", [((0, 1, 0.1), "multiplier"), ((1, -1, 0.1), "releases"), ((1, 1, 1.0), "delta")])
def test_the_accountant_refuses_what_is_out_of_range(arguments, named):
    with pytest.raises(ValueError, match=named):
        privacy.epsilon(*arguments)


def test_the_state_includes_the_noise():
    spec = compress.parse("identity")
    mechanism = privacy.GaussianMechanism.parse("smoothed:1:1:4").on(spec, privacy.DiscreteGaussian(seeded(1)))
    compressor = spec.bind(50).releasing(mechanism)
    assert compressor.alpha is None
    memory, total = feedback.start("ef21", 50), np.zeros(50)
    for round in range(20):
        staged = memory.stage(np.random.default_rng(round).standard_normal(50), compressor, seed=round)
        memory.commit(staged)
        total += staged.delta.to_dense()
    assert memory.vectors[0].tobytes() == total.tobytes()
    assert np.linalg.norm(total) > 20


@pytest.mark.parametrize(
    "text, message",
    [("clip:1", "expected smoothed"), ("smooth:1:1:1", "not a normalization"), ("clip:0:1", "the bound is 0.0"),
     ("clip:x:1", "expected a number such as"), ("clip:1:nan", "multiplier is nan"), ("smoothed:-1:1:1", "smoothing is -1.0")],
)  # fmt: skip
def test_bad_texts_are_refused(text, message):
    with pytest.raises(ValueError, match=message):
        privacy.GaussianMechanism.parse(text)


@pytest.mark.parametrize("text", ["top-k:0.1", "threshold:0.1", "identity+bf16", "sign"])
def test_compressors_that_look_at_the_data_are_refused(text):
    with pytest.raises(ValueError, match="with privacy use"):
        privacy.GaussianMechanism.parse("clip:1:1").on(compress.parse(text), privacy.DiscreteGaussian())


def shared(mechanism="clip:1:2.5", exponent=-22, least=6, most=8, collusion=0.1, dimension=20_000):
    return privacy.CohortNoise.of(privacy.GaussianMechanism.parse(mechanism), exponent, least, most, collusion, dimension)


def test_the_sum_of_a_cohorts_shares_has_the_variance_that_is_claimed():
    noise = shared()
    zeros = np.zeros(20_000, np.int32)
    total = sum(noise.add(zeros, privacy.DiscreteGaussian(seeded(member))).astype(np.int64) for member in range(5))
    claimed = (2.5 * noise.grid.bound) ** 2
    assert noise.honest == 5
    # The estimate has a deviation of sqrt(2/d), 1%.
    assert abs((total.astype(float) ** 2).mean() / claimed - 1) < 0.05
    assert abs(total.mean()) < 5 * sqrt(claimed / 20_000)


def test_shares_are_added_modulo_two_to_the_32():
    class Fixed:
        def sample(self, deviation, count):
            return np.array([2, -1, 0])

    words = shared().add(np.array([2**31 - 1, -(2**31), 7], np.int32), Fixed())
    assert words.tolist() == [-(2**31) + 1, 2**31 - 1, 7]


@pytest.mark.parametrize("variance, shares, shift, order", [(0.5, 2, 1, 1.5), (0.5, 3, 2, 16), (1, 4, 3, 1.2), (2, 5, 4, 8)])
def test_the_divergence_of_two_sums_is_within_the_bound(variance, shares, shift, order):
    support = np.arange(-120, 121)
    one = np.exp(-(support**2) / (2 * variance))
    one /= one.sum()
    p = one
    for _ in range(shares - 1):
        p = np.convolve(p, one)
    middle = p.size // 2
    reach = int(10 * sqrt(shares * variance))
    x = np.arange(middle - reach, middle + reach + 1)
    divergence = np.log(np.exp(order * np.log(p[x]) + (1 - order) * np.log(p[x - shift])).sum()) / (order - 1)
    plain, tau = order * shift**2 / (2 * shares * variance), correction(variance, shares)
    assert plain / 2 < divergence <= plain + tau * (2 * order - 1) / (order - 1)
    multiplier = sqrt(shares * variance) / shift
    epsilon = privacy.epsilon(multiplier, 1, 1e-3)
    corrected = _accountant.epsilon(multiplier, 1, 1e-3, tau)
    assert corrected > epsilon
    assert np.maximum(0, p[shift:] - np.exp(corrected) * p[:-shift]).sum() <= 1e-3


def test_with_allowed_noise_a_sum_costs_as_much_as_a_discrete_gaussian():
    least = shared("clip:1:1", -3, 6, 7, 0.0)
    assert least.grid.deviation == 4 and 0 < least.correction < 1e-25
    assert least.epsilon(100, 1e-6) == privacy.epsilon(0.5, 100, 1e-6)
    assert least.messages(50, 1e-6) == privacy.releases(0.5, 50, 1e-6)


def test_sums_fit_the_finest_unit_and_no_finer_one():
    mechanism = privacy.GaussianMechanism.parse("clip:1:1")
    sizes = (90, 100, 0.05, 1_000_000)
    finest = privacy.CohortNoise.finest_exponent(mechanism, *sizes)
    assert finest == -24 and privacy.CohortNoise.of(mechanism, finest, *sizes).grid.bound == 1 << 24
    with pytest.raises(ValueError, match="does not fit into 32 bits; raise it"):
        privacy.CohortNoise.of(mechanism, finest - 1, *sizes)
    assert privacy.CohortNoise.finest_exponent(privacy.GaussianMechanism.parse("clip:1e30:1"), *sizes) == 0


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("clip:1:1", 0, 3, 5, 0.0), "at least 3 steps of noise: lower it"),
        (("clip:0.1:1", -3, 3, 5, 0.0), "bound 0 steps"),
        (("clip:1:10000", -20, 3, 5, 0.0), "does not fit"),
        (("clip:1e30:1", 0, 3, 5, 0.0), "does not fit"),
        (("clip:1:1", -20, 3, 10, 0.3), "3 of 10 members may collude"),
    ],
)
def test_shares_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        shared(*arguments)
