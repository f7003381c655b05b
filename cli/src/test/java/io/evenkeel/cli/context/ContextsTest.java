package io.evenkeel.cli.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.CliHarness;
import io.evenkeel.cli.StubCoordinator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextsTest {

    @TempDir
    private Path home;

    private StubCoordinator coordinator;
    private CliHarness cli;

    @BeforeEach
    void listen() {
        coordinator = new StubCoordinator()
                .on("GET /runs?limit=101", "[]")
                .on("GET /caller", "{\"name\": \"alice\", \"role\": \"operator\"}");
        cli = new CliHarness(home);
    }

    @AfterEach
    void stop() {
        coordinator.close();
    }

    private Path file() {
        return home.resolve(".config/evenkeel/contexts.json");
    }

    private void login(String name, String token) {
        int exitCode = cli.typing(token + "\n")
                .run(
                        "login",
                        "--name",
                        name,
                        "--coordinator",
                        coordinator.address().toString(),
                        "--token-stdin");
        assertThat(exitCode).as(cli.err()).isZero();
    }

    private String lastToken() {
        var requests = coordinator.requests();
        return requests.get(requests.size() - 1).token();
    }

    @Test
    void loginStoresTheTokenWhereOnlyItsOwnerCanReadIt() throws IOException {
        login("prod", "evk_op_stored");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().getParent())))
                .isEqualTo("rwx------");
        assertThat(cli.out())
                .contains("logged in as operator 'alice'", "context 'prod'")
                .doesNotContain("evk_op_stored");
        assertThat(cli.run("runs", "list")).isZero();
        assertThat(lastToken()).isEqualTo("Bearer evk_op_stored");
    }

    @Test
    void loginStoresNothingIfTheCoordinatorRefusesTheToken() {
        try (StubCoordinator strict = new StubCoordinator().problem("GET /caller", 401, "unauthenticated")) {
            assertThat(cli.typing("wrong\n")
                            .run("login", "--coordinator", strict.address().toString(), "--token-stdin"))
                    .isEqualTo(4);
        }
        assertThat(file()).doesNotExist();
    }

    @Test
    void loginNeedsAToken() {
        assertThat(cli.typing("").run("login", "--token-stdin")).isEqualTo(2);
        assertThat(cli.err()).contains("there is no token");
    }

    @Test
    void environmentVariablesWinOverTheContextAndOptionsOverBoth() {
        login("prod", "evk_op_stored");
        cli.variable("EVENKEEL_TOKEN", "evk_op_variable");

        assertThat(cli.run("runs", "list")).isZero();
        assertThat(lastToken()).isEqualTo("Bearer evk_op_variable");
        assertThat(cli.run("runs", "list", "--token", "evk_op_option")).isZero();
        assertThat(lastToken()).isEqualTo("Bearer evk_op_option");
    }

    @Test
    void aContextsTokenIsNotSentToAnotherAddress() {
        login("prod", "evk_op_stored");
        try (StubCoordinator other = new StubCoordinator().on("GET /runs?limit=101", "[]")) {
            assertThat(cli.run("runs", "list", "--coordinator", other.address().toString()))
                    .isEqualTo(4);
            assertThat(cli.err()).contains("context 'prod' is for " + coordinator.address(), "--token");
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void contextsAreListedChosenAndRemoved() {
        login("one", "evk_op_1");
        login("two", "evk_op_2");

        assertThat(cli.run("context", "list")).isZero();
        assertThat(cli.out())
                .containsPattern("(?m)^ +one ")
                .containsPattern("(?m)^\\* +two ")
                .doesNotContain("evk_op");
        assertThat(cli.run("context", "use", "one")).isZero();
        assertThat(cli.run("runs", "list")).isZero();
        assertThat(lastToken()).isEqualTo("Bearer evk_op_1");
        assertThat(cli.run("runs", "list", "--context", "two")).isZero();
        assertThat(lastToken()).isEqualTo("Bearer evk_op_2");
        assertThat(cli.run("context", "remove", "one")).isZero();
        assertThat(cli.run("context", "list", "-o", "json")).isZero();
        assertThat(cli.out()).contains("\"two\"").doesNotContain("\"one\"");
    }

    @Test
    void anUnknownContextIsNotFound() {
        login("one", "evk_op_1");

        assertThat(cli.run("context", "use", "three")).isEqualTo(3);
        assertThat(cli.err()).contains("there is no context 'three': the contexts are one");
        assertThat(cli.variable("EVENKEEL_CONTEXT", "three").run("runs", "list"))
                .isEqualTo(3);
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), "{\"contexts\": [{}]}");

        assertThat(cli.run("context", "list")).isEqualTo(2);
        assertThat(cli.err()).contains(file() + " is not a list of contexts");
    }

    @Test
    void withoutATokenTheCommandSaysWhereToGetOne() {
        assertThat(cli.run("runs", "list")).isEqualTo(4);
        assertThat(cli.err())
                .contains("--token", "EVENKEEL_TOKEN", "evenkeel login --coordinator http://localhost:8080");
    }

    @Test
    void anInvalidAddressIsRefused() {
        cli.variable("EVENKEEL_TOKEN", "x");
        assertThat(cli.run("runs", "list", "--coordinator", "localhost:8080")).isEqualTo(2);
        assertThat(cli.err()).contains("the coordinator's address is 'localhost:8080'");
        assertThat(cli.variable("EVENKEEL_URL", "not an address").run("runs", "list"))
                .isEqualTo(2);
        assertThat(cli.err()).contains("EVENKEEL_URL is 'not an address'");
    }
}
