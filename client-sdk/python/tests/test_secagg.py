"""Secure aggregation: a Python device in a cohort of Java devices, and a device's refusals."""

import base64
import secrets

import numpy as np
import pytest

pytest.importorskip("cryptography")

from evenkeel import secagg

from . import java as crosscheck

CONTEXT = secagg.CohortContext("digits-7", 12, 3, bytes(range(32)))


@pytest.fixture(scope="module")
def java():
    if not crosscheck.built():
        pytest.skip("client-sdk/core is not compiled: ./mvnw -pl client-sdk/core test-compile")
    process = crosscheck.Java()
    yield process
    process.close()


def text(data):
    return base64.b64encode(data).decode()


def parts(data, size):
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize("gone", [[], [2], [1, 4]])
def test_a_python_device_takes_part_in_a_cohort_of_java_devices(java, gone):
    size, threshold = 7, 4
    random = text(secrets.token_bytes((size - 1) * 32 * (1 + 2 * threshold)))
    device = secagg.SecAggDevice(CONTEXT, 0)
    own = device.advertisement()
    keys = text(own.mask_key + own.share_key + own.commitment)
    (theirs,) = java.ask("secagg", size, threshold, random, keys)
    advertised = [secagg.Advertisement(i + 1, *parts(one, 32)) for i, one in enumerate(parts(base64.b64decode(theirs), 96))]
    shared = device.share(advertised, threshold)
    shares = text(b"".join(share.data for share in sorted(shared, key=lambda share: share.receiver)))
    (for_us,) = java.ask("secagg", size, threshold, random, keys, shares)
    received = [secagg.EncryptedShares(i + 1, 0, one) for i, one in enumerate(parts(base64.b64decode(for_us), 80))]
    words = np.array([1, 1, -5, 2**31 - 1], dtype=np.int32)
    device.mask(words, received)
    reveal = device.reveal({0, *(set(range(1, size)) - set(gone))})
    assert sorted(reveal.key_shares) == gone
    revealed = text(b"".join({**reveal.seed_shares, **reveal.key_shares}[i] for i in range(1, size)))
    (total,) = java.ask(
        "secagg",
        size,
        threshold,
        random,
        keys,
        shares,
        text(words.astype("<i4").tobytes()),
        ",".join(map(str, gone)) or "-",
        revealed,
    )
    others = sum(i + 1 for i in range(1, size) if i not in gone)
    expected = [(value + others + 2**31) % 2**32 - 2**31 for value in (1, 1, -5, 2**31 - 1)]
    assert [int(word) for word in total.strip("[]").split(",")] == expected


@pytest.mark.parametrize("dropout, collusion", [(0.1, 0.05), (0.0, 0.0), (0.3, 0.1), (0.5, 0.2)])
def test_cohorts_have_the_parameters_of_the_java_sdk(java, dropout, collusion):
    for members in [*range(3, 40), 64, 100, 333, 1000, 1001]:
        found = secagg.CohortParameters.of(members, dropout, collusion)
        own = ["none"] if found is None else [str(found.threshold)]
        assert java.ask("cohort", members, dropout, collusion) == own, members


def cohort(size, threshold):
    devices = [secagg.SecAggDevice(CONTEXT, i) for i in range(size)]
    advertised = [device.advertisement() for device in devices]
    shares = [
        share
        for i, device in enumerate(devices)
        for share in device.share([one for one in advertised if one.member != i], threshold)
    ]
    return devices, advertised, shares


def to(member, shares):
    return [share for share in shares if share.receiver == member]


def test_masks_of_two_members_cancel():
    devices, _, shares = cohort(3, 2)
    masked = [np.zeros(1000, dtype=np.int32) for _ in devices]
    for i, device in enumerate(devices):
        device.mask(masked[i], to(i, shares))
    assert all(np.count_nonzero(vector) > 990 for vector in masked)
    total = masked[0] + masked[1] + masked[2]
    assert np.count_nonzero(total) > 990, "the devices' own masks are still in the sum"


def test_a_device_reveals_once_and_only_for_enough_members():
    devices, _, shares = cohort(5, 3)
    devices[0].mask(np.zeros(4, dtype=np.int32), to(0, shares))
    with pytest.raises(secagg.SecAggError, match="2 of this device's neighbours, expected at least 3"):
        devices[0].reveal({1, 2})
    assert sorted(devices[0].reveal({1, 2, 3}).key_shares) == [4]
    with pytest.raises(RuntimeError, match="has revealed"):
        devices[0].reveal({1, 2, 4})


def test_a_device_refuses_what_would_give_its_secrets_away():
    devices, advertised, shares = cohort(4, 2)
    fresh = secagg.SecAggDevice(CONTEXT, 9)
    with pytest.raises(secagg.SecAggError, match="the threshold is 2 of 4"):
        fresh.share(advertised, 2)
    with pytest.raises(secagg.SecAggError, match="has the same key"):
        twin = secagg.Advertisement(7, advertised[0].mask_key, advertised[0].share_key, advertised[0].commitment)
        fresh.share([*advertised, twin], 4)
    with pytest.raises(secagg.SecAggError, match="does not belong to a device"):
        nobody = secagg.Advertisement(7, bytes(32), bytes(32), bytes(32))
        secagg.SecAggDevice(CONTEXT, 9).share([advertised[0], nobody], 2)
    damaged = to(0, shares)[0]
    damaged = secagg.EncryptedShares(damaged.sender, 0, damaged.data[:-1] + bytes([damaged.data[-1] ^ 1]))
    with pytest.raises(secagg.SecAggError, match="1 neighbours arrived and those of 0 can be decrypted, expected at least 2"):
        devices[0].mask(np.zeros(4, dtype=np.int32), [damaged])


def test_a_device_masks_with_a_neighbour_whose_shares_it_cannot_decrypt_and_reveals_nothing_of_it():
    devices, _, shares = cohort(4, 2)
    words = [np.zeros(4, dtype=np.int32) for _ in devices]
    for one, device in enumerate(devices):
        received = to(one, shares)
        if one == 0:
            spoilt = received[0]
            received[0] = secagg.EncryptedShares(spoilt.sender, 0, bytes([spoilt.data[0] ^ 1]) + spoilt.data[1:])
        device.mask(words[one], received)
    assert sorted(devices[0].reveal({0, 1, 2, 3}).seed_shares) == [2, 3]
    revealed = [device.reveal({0, 1, 2, 3}) for device in devices[1:]]
    assert all(sorted(one.seed_shares) == sorted({0, 1, 2, 3} - {one.member}) for one in revealed)


def test_fixed_point_rounds_to_even_and_keeps_within_the_limit():
    coding = secagg.FixedPoint(-1, 1000)
    assert coding.limit == 2147483
    values = np.array([0.25, 0.75, -0.25, 1e300, -1e300, 3.0])
    assert coding.encode(values).tolist() == [0, 2, 0, 2147483, -2147483, 6]
    assert coding.decode(np.array([3], dtype=np.int32)).tolist() == [1.5]
    with pytest.raises(ValueError, match="exponent is 1"):
        secagg.FixedPoint(1, 10)
    with pytest.raises(ValueError, match="total_weight is 0"):
        secagg.FixedPoint(0, 0)
