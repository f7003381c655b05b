package io.evenkeel.cli.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.CliHarness;
import io.evenkeel.cli.StubCoordinator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The device authorization grant, against a provider with prepared responses. */
class DeviceLoginTest {

    private static final String TOKENS = """
            {"access_token": "access-1", "refresh_token": "refresh-1", "expires_in": 300}""";

    @TempDir
    private Path home;

    private StubCoordinator provider;
    private StubCoordinator coordinator;
    private CliHarness cli;

    @BeforeEach
    void listen() {
        provider = new StubCoordinator();
        String base = provider.address().toString();
        provider.on(
                        "GET /.well-known/openid-configuration",
                        "{\"device_authorization_endpoint\": \"" + base + "/device\", \"token_endpoint\": \"" + base
                                + "/token\"}")
                .on(
                        "POST /device",
                        "{\"device_code\": \"secret-code\", \"user_code\": \"WDJB-MJHT\","
                                + " \"verification_uri\": \"https://login.example/device\", \"interval\": 2, \"expires_in\": 60}");
        coordinator = new StubCoordinator()
                .on("GET /runs?limit=101", "[]")
                .on("GET /caller", "{\"name\": \"alice\", \"role\": \"operator\"}");
        cli = new CliHarness(home);
    }

    @AfterEach
    void stop() {
        provider.close();
        coordinator.close();
    }

    private int login() {
        return cli.run(
                "login",
                "--name",
                "prod",
                "--coordinator",
                coordinator.address().toString(),
                "--issuer",
                provider.address().toString());
    }

    private void pending(String error) {
        provider.on("POST /token", 400, "{\"error\": \"" + error + "\"}", Map.of());
    }

    private String lastToken() {
        var requests = coordinator.requests();
        return requests.get(requests.size() - 1).token();
    }

    @Test
    void showsTheCodeAndPollsAtTheProvidersInterval() {
        pending("authorization_pending");
        pending("slow_down");
        provider.on("POST /token", TOKENS);

        assertThat(login()).as(cli.err()).isZero();
        assertThat(cli.out())
                .contains("https://login.example/device", "WDJB-MJHT")
                .doesNotContain("secret-code");
        assertThat(cli.pauses()).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(7));
        assertThat(cli.run("runs", "list")).isZero();
        assertThat(lastToken()).isEqualTo("Bearer access-1");
    }

    @Test
    void renewsAnExpiredTokenAndKeepsTheNewOne() {
        provider.on("POST /token", TOKENS);
        assertThat(login()).isZero();
        provider.on("POST /token", "{\"access_token\": \"access-2\", \"expires_in\": 300}");
        cli.pause(Duration.ofMinutes(6));

        assertThat(cli.run("runs", "list")).isZero();
        assertThat(lastToken()).isEqualTo("Bearer access-2");
        int asked = provider.requests().size();
        assertThat(provider.requests().get(asked - 1).body())
                .contains("grant_type=refresh_token", "refresh_token=refresh-1");
        assertThat(cli.run("runs", "list")).isZero();
        assertThat(provider.requests()).hasSize(asked);
    }

    @Test
    void saysThatTheLoginHasExpired() {
        provider.on("POST /token", TOKENS);
        assertThat(login()).isZero();
        pending("invalid_grant");
        cli.pause(Duration.ofMinutes(6));

        assertThat(cli.run("runs", "list")).isEqualTo(4);
        assertThat(cli.err()).contains("the login of context 'prod' has expired");
    }

    @Test
    void givesUpWhenTheCodeExpires() {
        pending("authorization_pending");

        assertThat(login()).isEqualTo(7);
        assertThat(cli.err()).contains("the code was not typed in time");
    }

    @Test
    void saysWhyTheProviderRefuses() {
        pending("access_denied");

        assertThat(login()).isEqualTo(4);
        assertThat(cli.err()).contains("access_denied");
    }

    @Test
    void saysThatTheProviderDoesNotOfferTheGrant() {
        try (StubCoordinator other = new StubCoordinator().on("GET /.well-known/openid-configuration", "{}")) {
            assertThat(cli.run("login", "--issuer", other.address().toString())).isEqualTo(2);
            assertThat(cli.err()).contains("no device_authorization_endpoint", "--issuer");
        }
    }
}
