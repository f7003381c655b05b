"""Identities of devices: their files, and a device's checks of its neighbours."""

import dataclasses
import os
import stat

import pytest

pytest.importorskip("cryptography")

from evenkeel import secagg

BASIS = bytes(range(32))
CONTEXT = secagg.CohortContext("digits-7", 12, 3, BASIS)
OWNER = secagg.OwnerKey.generate()


def signed(member, identity, context=CONTEXT):
    return identity.sign(secagg.SecAggDevice(context, member).advertisement(), context)


def test_files_are_read_back_unchanged_and_only_their_user_can_read_them(tmp_path):
    identity = OWNER.provision()
    OWNER.save(tmp_path / "owner.key")
    identity.save(tmp_path / "one.identity")
    assert secagg.OwnerKey.load(tmp_path / "owner.key") == OWNER
    assert secagg.DeviceIdentity.load(tmp_path / "one.identity") == identity
    for name in ("owner.key", "one.identity"):
        assert stat.S_IMODE(os.stat(tmp_path / name).st_mode) == 0o600
    with pytest.raises(FileExistsError):
        OWNER.provision().save(tmp_path / "one.identity")
    assert "private" not in repr(identity) and "private" not in repr(OWNER)


@pytest.mark.parametrize("change, message", [
    (lambda text: text.replace("owner: ", "boss: "), "line 4 of the identity file has an unknown name, expected one line each of"),
    (lambda text: text + text.splitlines()[1], "line 6 of the identity file repeats 'private', expected one line each of"),
    (lambda text: text.replace("public: ", "public: *"), "line 3 of the identity file: 'public' is not the base64 of 32 bytes"),
    (lambda text: text.replace("public: ", "public: AAAA"), "line 3 of the identity file: 'public' is not the base64 of 32 bytes"),
    (lambda text: "\n".join(text.splitlines()[:4]), "has no line 'certificate', expected one line each of"),
    (lambda text: "\u00fc", "line 1 of the identity file has an unknown name"),
    (lambda text: swapped(text, "private"), "the private and the public key in the identity file do not belong together"),
    (lambda text: swapped(text, "certificate"), "the certificate in the identity file is not the owner's for this device"),
    (lambda text: swapped(text, "owner", secagg.OwnerKey.generate()), "is not the owner's for this device: let the owner issue"),
])  # fmt: skip
def test_a_damaged_identity_is_refused_with_its_file_and_line(tmp_path, change, message):
    file = tmp_path / "one.identity"
    OWNER.provision().save(file)
    file.write_text(change(file.read_text()), encoding="utf-8")
    with pytest.raises(ValueError, match=message) as refusal:
        secagg.DeviceIdentity.load(file)
    assert str(file) in str(refusal.value)


def swapped(text, name, owner=OWNER):
    """Returns the text with the line of another identity."""
    other = vars(owner.provision())[name]
    lines = [f"{name}: {secagg._identity._text(other)}" if line.startswith(name + ":") else line for line in text.splitlines()]
    return "\n".join(lines)


def test_a_neighbour_of_the_same_owner_is_accepted():
    OWNER.provision().verify(signed(3, OWNER.provision()), CONTEXT)


def test_a_neighbour_of_another_owner_or_without_a_certificate_is_refused():
    own = OWNER.provision()
    with pytest.raises(secagg.SecAggError, match="member 3 of round 12, attempt 3 belongs to owner"):
        own.verify(signed(3, secagg.OwnerKey.generate().provision()), CONTEXT)
    stranger = secagg.OwnerKey.generate()
    pretending = dataclasses.replace(signed(3, stranger.provision()), owner=OWNER.public)
    with pytest.raises(secagg.SecAggError, match="has no certificate of its owner"):
        own.verify(pretending, CONTEXT)


def test_replaced_keys_and_those_of_another_attempt_are_refused():
    own, other = OWNER.provision(), OWNER.provision()
    replaced = dataclasses.replace(signed(3, other), advertisement=secagg.SecAggDevice(CONTEXT, 3).advertisement())
    with pytest.raises(secagg.SecAggError, match="did not sign the keys under its name"):
        own.verify(replaced, CONTEXT)
    earlier = signed(3, other, secagg.CohortContext("digits-7", 12, 2, BASIS))
    with pytest.raises(secagg.SecAggError, match="did not sign the keys under its name"):
        own.verify(earlier, CONTEXT)
    renumbered = dataclasses.replace(
        signed(3, other), advertisement=dataclasses.replace(signed(3, other).advertisement, member=4)
    )
    with pytest.raises(secagg.SecAggError, match="member 4 .* did not sign"):
        own.verify(renumbered, CONTEXT)


def test_keys_for_another_model_or_plan_are_refused():
    own, theirs = OWNER.provision(), dataclasses.replace(CONTEXT, basis=bytes(range(1, 33)))
    honest = signed(3, OWNER.provision(), theirs)
    match = (
        "member 3 of round 12, attempt 3 signed its keys for another model or plan, with digest 0102030405060708, but this device"
    )
    with pytest.raises(secagg.SecAggError, match=match):
        own.verify(honest, CONTEXT)
    with pytest.raises(secagg.SecAggError, match="did not sign the keys under its name"):
        own.verify(dataclasses.replace(honest, basis=BASIS), CONTEXT)
    with pytest.raises(ValueError, match="the digest of model and plan has 31 bytes, expected 32"):
        dataclasses.replace(CONTEXT, basis=bytes(31))


def test_a_copied_identity_is_refused():
    own = OWNER.provision()
    with pytest.raises(secagg.SecAggError, match="has this device's own identity"):
        own.verify(signed(3, own), CONTEXT)


def test_the_threshold_is_two_thirds_of_the_others_and_unsafe_cohorts_are_refused():
    assert secagg.CohortParameters.of(1000, 0.1, 0.05) == secagg.CohortParameters(1000, 683)
    assert secagg.CohortParameters.of(4, 0.5, 0.05) is None
    with pytest.raises(ValueError, match="5 members and threshold 5"):
        secagg.CohortParameters(5, 5)
    with pytest.raises(ValueError, match="1002 members"):
        secagg.CohortParameters(1002, 700)
