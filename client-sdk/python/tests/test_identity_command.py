"""``python -m evenkeel identity``, whose files are those of ``./evenkeel identity``."""

import base64
import json
import os
import stat

import pytest

pytest.importorskip("cryptography")

from evenkeel import secagg
from evenkeel.__main__ import main

from . import java as crosscheck


@pytest.fixture
def made(tmp_path, capsys):
    """A folder with owner.key and the devices 1 to 3, and what the commands printed."""
    assert main(["identity", "owner", "--out", str(tmp_path / "owner.key")]) == 0
    owner = capsys.readouterr()
    assert main(issue(tmp_path, "--count", "3")) == 0
    return tmp_path, owner, capsys.readouterr()


def issue(folder, *more):
    return ["identity", "device", "--owner", str(folder / "owner.key"), "--out", str(folder / "new" / "devices"), *more]


def device_file(folder, number):
    return folder / "new" / "devices" / f"device-{number:04d}.identity"


def test_an_owner_and_its_devices_are_created(made):
    folder, owner, devices = made
    key = secagg.OwnerKey.load(folder / "owner.key")
    assert owner.out == base64.b64encode(key.public).decode() + "\n"
    assert owner.err == f"wrote {folder / 'owner.key'}; keep it secret and away from the coordinator. Its public key:\n"
    first, last = device_file(folder, 1), device_file(folder, 3)
    assert devices.out == f"wrote {first} to {last}; give each to one device only\n"
    identities = [secagg.DeviceIdentity.load(device_file(folder, number)) for number in (1, 2, 3)]
    assert {identity.owner for identity in identities} == {key.public}
    assert len({identity.public for identity in identities}) == 3
    assert not device_file(folder, 4).exists()


def test_only_the_user_can_read_the_files_and_the_folder(made):
    folder = made[0]
    for file, mode in ((folder / "owner.key", 0o600), (device_file(folder, 1), 0o600), (folder / "new" / "devices", 0o700)):
        assert stat.S_IMODE(os.stat(file).st_mode) == mode
    assert stat.S_IMODE(os.stat(folder / "new").st_mode) == 0o700


def test_no_file_is_replaced(made, capsys):
    folder = made[0]
    before = device_file(folder, 3).read_bytes()
    assert main(issue(folder, "--first", "3", "--count", "2")) == 5
    text = f"evenkeel: {device_file(folder, 3)} exists, and identities are not replaced: begin with another --first\n"
    assert capsys.readouterr().err == text
    assert not device_file(folder, 4).exists(), "nothing is written if a file exists"
    assert main(["identity", "owner", "--out", str(folder / "owner.key")]) == 5
    assert "exists, and keys are not replaced: choose another name, or delete it" in capsys.readouterr().err
    assert device_file(folder, 3).read_bytes() == before
    assert main(issue(folder, "--first", "4")) == 0
    assert capsys.readouterr().out == f"wrote {device_file(folder, 4)}; give each to one device only\n"


def test_public_keys_are_shown_and_private_ones_are_not(made, capsys):
    folder, owner, _ = made
    identity = secagg.DeviceIdentity.load(device_file(folder, 1))
    assert main(["identity", "show", str(device_file(folder, 1))]) == 0
    public = base64.b64encode(identity.public).decode()
    assert capsys.readouterr().out == f"kind   device\npublic {public}\nowner  {owner.out}"
    assert main(["identity", "show", str(folder / "owner.key"), "-o", "json"]) == 0
    key = owner.out.strip()
    assert json.loads(capsys.readouterr().out) == {"kind": "owner", "public": key, "owner": key}


def test_results_are_json_if_asked_for(tmp_path, capsys):
    assert main(["identity", "owner", "--out", str(tmp_path / "owner.key"), "--output", "json"]) == 0
    key = secagg.OwnerKey.load(tmp_path / "owner.key")
    assert json.loads(capsys.readouterr().out) == {"owner": base64.b64encode(key.public).decode()}
    assert main(issue(tmp_path, "--count", "2", "-o", "json")) == 0
    assert json.loads(capsys.readouterr().out) == {"files": [str(device_file(tmp_path, number)) for number in (1, 2)]}


@pytest.mark.parametrize("name, content, code, fault", [
    ("none", None, 3, "none does not exist: check the name"),
    ("broken", b"private: AAAA\n", 2, "broken: line 1 of the owner file: 'private' is not the base64 of 32 bytes: use the unchanged file"),
    ("open", b"private\n", 2, "open: line 1 of the owner file has an unknown name, expected one line each of [private, public]"),
    ("binary", b"\xff\n", 2, "binary: line 1 of the owner file has an unknown name"),
    ("large", b"#" * 65537, 2, "large is not a key file: it has more than 65536 bytes"),
    ("folder", "", 1, "folder cannot be read"),
])  # fmt: skip
def test_the_fault_of_a_file_is_named(tmp_path, capsys, name, content, code, fault):
    if name == "folder":
        (tmp_path / name).mkdir()
    elif content is not None:
        (tmp_path / name).write_bytes(content)
    assert main(["identity", "show", str(tmp_path / name)]) == code
    out = capsys.readouterr()
    assert out.err.startswith("evenkeel: ") and fault in out.err and out.out == ""


@pytest.mark.parametrize("wrong", [("--count", "0"), ("--count", "1000001"), ("--first", "0")])
def test_numbers_out_of_range_are_refused(made, capsys, wrong):
    folder = made[0]
    assert main(issue(folder, *wrong)) == 2
    assert "expected 1 to 1000000 each" in capsys.readouterr().err


def test_a_folder_that_cannot_be_created_is_named(made, capsys):
    folder = made[0]
    assert main(["identity", "device", "--owner", str(folder / "owner.key"), "--out", str(folder / "owner.key" / "a")]) == 1
    assert "cannot be created" in capsys.readouterr().err
    assert main(["identity", "device", "--owner", str(folder / "owner.key"), "--out", str(folder / "owner.key")]) == 1
    assert "cannot be created" in capsys.readouterr().err
    assert main(["identity", "device", "--owner", str(folder / "owner.key"), "--out", str(folder / ("a" * 300))]) == 1
    assert "cannot be created" in capsys.readouterr().err


@pytest.mark.skipif(not crosscheck.built(), reason="client-sdk/core is not compiled: ./mvnw -pl client-sdk/core test-compile")
def test_java_and_python_create_the_same_files(made, tmp_path):
    java = crosscheck.Java()
    try:
        owner, device = (crosscheck.data(word) for word in java.ask("keys"))
        (tmp_path / "theirs.key").write_bytes(owner)
        (tmp_path / "theirs.identity").write_bytes(device)
        secagg.OwnerKey.load(tmp_path / "theirs.key").save(tmp_path / "again.key")
        secagg.DeviceIdentity.load(tmp_path / "theirs.identity").save(tmp_path / "again.identity")
        assert (tmp_path / "again.key").read_bytes() == owner
        assert (tmp_path / "again.identity").read_bytes() == device

        # An owner created by Java certifies devices here, and vice versa.
        out = ["--out", str(tmp_path / "mixed")]
        assert main(["identity", "device", "--owner", str(tmp_path / "theirs.key"), *out]) == 0
        ours = tmp_path / "mixed" / "device-0001.identity"
        assert secagg.DeviceIdentity.load(ours).owner == secagg.OwnerKey.load(tmp_path / "theirs.key").public
        for files in ((tmp_path / "theirs.key", ours), (made[0] / "owner.key", device_file(made[0], 2))):
            given = [file.read_bytes() for file in files]
            words = [base64.b64encode(text).decode() for text in given]
            assert [crosscheck.data(word) for word in java.ask("keys", *words)] == given
        (_, word) = java.ask("keys", base64.b64encode((made[0] / "owner.key").read_bytes()).decode())
        (tmp_path / "certified").write_bytes(crosscheck.data(word))
        assert secagg.DeviceIdentity.load(tmp_path / "certified").owner == secagg.OwnerKey.load(made[0] / "owner.key").public
    finally:
        java.close()
