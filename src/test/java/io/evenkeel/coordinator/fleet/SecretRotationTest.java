package io.evenkeel.coordinator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;

@CoordinatorTest
class SecretRotationTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcClient jdbc;

    private Api.Enrolled device = new Api.Enrolled("", "");

    @Test
    void theOldSecretIsValidUntilTheNewOneIsUsed() {
        device = api.enrol();
        String fresh = rotate(device.secret());
        assertThat(fresh).startsWith("evk_dev_" + device.client() + "_").isNotEqualTo(device.secret());
        assertGood(device.secret());
        assertGood(fresh);
        assertWrong(device.secret());
        assertGood(fresh);
    }

    @Test
    void lostResponsesLockNoDeviceOut() {
        device = api.enrol();
        String lost = rotate(device.secret());
        String fresh = rotate(device.secret());
        assertWrong(lost);
        assertGood(fresh);
        assertWrong(device.secret());
    }

    @Test
    void acceptsASecretThatAnotherReplicaHasRotated() {
        device = api.enrol();
        assertGood(device.secret());
        String fresh = Credential.newDeviceToken(device.client());
        jdbc.sql("UPDATE client SET next_secret_hash = ? WHERE id = ?")
                .params(Credential.hash(fresh), device.client())
                .update();
        assertGood(fresh);
        assertWrong(device.secret());
    }

    @Test
    void storesAHashOnly() {
        device = api.enrol();
        String fresh = rotate(device.secret());
        assertThat(jdbc.sql("SELECT next_secret_hash FROM client WHERE id = ?")
                        .param(device.client())
                        .query(String.class)
                        .single())
                .isEqualTo(Credential.hash(fresh));
    }

    @Test
    void isNotForOperators() {
        Api.refused(post(CoordinatorTest.OPERATOR_TOKEN), ProblemKind.FORBIDDEN);
        Api.refused(api.anonymous().post().uri("/api/v1/clients/me/secret").exchange(), ProblemKind.UNAUTHENTICATED);
    }

    private String rotate(String secret) {
        Map<?, ?> answer = Objects.requireNonNull(post(secret)
                .expectStatus()
                .isCreated()
                .expectBody(Map.class)
                .returnResult()
                .getResponseBody());
        assertThat(String.valueOf(answer.get("client"))).isEqualTo(device.client());
        return String.valueOf(answer.get("secret"));
    }

    private RestTestClient.ResponseSpec post(String secret) {
        return api.as(secret).post().uri("/api/v1/clients/me/secret").exchange();
    }

    private void assertGood(String secret) {
        Api.refused(ask(secret), ProblemKind.RUN_NOT_FOUND);
    }

    private void assertWrong(String secret) {
        Api.refused(ask(secret), ProblemKind.UNAUTHENTICATED);
    }

    private RestTestClient.ResponseSpec ask(String secret) {
        return api.as(secret).get().uri("/api/v1/runs/any/task").exchange();
    }
}
