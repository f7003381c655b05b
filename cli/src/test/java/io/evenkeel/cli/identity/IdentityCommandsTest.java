package io.evenkeel.cli.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.CliHarness;
import io.evenkeel.core.secagg.DeviceIdentity;
import io.evenkeel.core.secagg.OwnerKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityCommandsTest {

    @TempDir
    private Path folder = Path.of("");

    private CliHarness cli = new CliHarness(folder);
    private String owner = "";

    @BeforeEach
    void createOwner() throws IOException {
        cli = new CliHarness(folder);
        assertThat(cli.run("identity", "owner", "--out", file("owner.key").toString()))
                .isZero();
        owner = cli.out().trim();
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private int issue(String... more) {
        List<String> arguments = Stream.concat(
                        Stream.of(
                                "identity",
                                "device",
                                "--owner",
                                file("owner.key").toString(),
                                "--out",
                                file("devices").toString()),
                        Stream.of(more))
                .toList();
        return cli.run(arguments.toArray(String[]::new));
    }

    @Test
    void makesAnOwnerAndItsDevices() throws IOException {
        OwnerKey key = OwnerKey.parse(Files.readString(file("owner.key")));
        assertThat(Base64.getDecoder().decode(owner)).isEqualTo(key.publicKey());
        assertThat(cli.err()).contains("wrote " + file("owner.key"));

        assertThat(issue("--count", "3")).isZero();
        assertThat(cli.out()).contains("device-0001.identity", "device-0003.identity", "one device only");
        DeviceIdentity first = DeviceIdentity.parse(Files.readString(file("devices/device-0001.identity")));
        DeviceIdentity third = DeviceIdentity.parse(Files.readString(file("devices/device-0003.identity")));
        assertThat(first.owner()).isEqualTo(key.publicKey());
        assertThat(first.publicKey()).isNotEqualTo(third.publicKey());
    }

    @Test
    void onlyTheUserCanReadTheFiles() throws IOException {
        assertThat(issue()).isZero();
        for (String name : List.of("owner.key", "devices/device-0001.identity")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(name))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void replacesNoFile() throws IOException {
        assertThat(issue("--count", "2")).isZero();
        String before = Files.readString(file("devices/device-0002.identity"));

        assertThat(issue("--first", "2", "--count", "2")).isEqualTo(5);
        assertThat(cli.err()).contains("device-0002.identity exists", "another --first");
        assertThat(file("devices/device-0003.identity")).doesNotExist();
        assertThat(cli.run("identity", "owner", "--out", file("owner.key").toString()))
                .isEqualTo(5);
        assertThat(Files.readString(file("devices/device-0002.identity"))).isEqualTo(before);
        assertThat(issue("--first", "3")).isZero();
    }

    @Test
    void showsPublicKeysOnly() throws IOException {
        assertThat(issue()).isZero();
        Path device = file("devices/device-0001.identity");
        assertThat(cli.run("identity", "show", device.toString())).isZero();
        assertThat(cli.out()).contains("kind   device", "owner  " + owner);
        String secret = Files.readString(device)
                .lines()
                .filter(line -> line.startsWith("private: "))
                .findFirst()
                .orElseThrow()
                .substring(9);
        assertThat(cli.out()).doesNotContain(secret);
        assertThat(cli.run("identity", "show", file("owner.key").toString(), "-o", "json"))
                .isZero();
        assertThat(cli.out()).contains("\"kind\": \"owner\"", owner);
    }

    @Test
    void explainsAnInvalidFile() throws IOException {
        assertThat(cli.run("identity", "show", file("none").toString())).isEqualTo(3);
        assertThat(cli.err()).contains("does not exist");
        Files.writeString(file("broken"), "private: AAAA\n");
        assertThat(cli.run("identity", "show", file("broken").toString())).isEqualTo(2);
        assertThat(cli.err()).contains("line 1 of the owner file: 'private' is not the base64 of 32 bytes");
        assertThat(issue("--count", "0")).isEqualTo(2);
        assertThat(cli.err()).contains("--count is 0");
    }
}
