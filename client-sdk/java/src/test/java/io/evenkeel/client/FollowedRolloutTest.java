package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.wire.Digest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FollowedRolloutTest {

    private static final byte[] OLD = file(1);
    private static final byte[] NEW = file(2);
    private static final Response TAKEN = new Response(204, Map.of(), new byte[0]);

    private final ScriptedTransport answers = new ScriptedTransport();
    private final StateStore store = new MemoryStateStore();
    private final List<String> heard = new ArrayList<>();

    private static byte[] file(float value) {
        byte[] header =
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}".getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(12 + header.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .putFloat(value)
                .array();
    }

    private static Response version(int number, byte[] file, boolean rollout) {
        String digest = Base64.getEncoder().encodeToString(Digest.sha256().digest(file));
        Map<String, List<String>> headers = new HashMap<>();
        headers.put("Evenkeel-Model-Version", List.of(Integer.toString(number)));
        headers.put("Repr-Digest", List.of("sha-256=:" + digest + ":"));
        if (rollout) {
            headers.put("Evenkeel-Rollout", List.of("r0llout"));
            headers.put("Evenkeel-Rollout-Baseline", List.of("1"));
        }
        return new Response(200, headers, file);
    }

    private static String tag(byte[] file) {
        return "\"" + HexFormat.of().formatHex(Digest.sha256().digest(file)) + "-safetensors\"";
    }

    private static Response unchanged(byte[] file) {
        return new Response(304, Map.of("ETag", List.of(tag(file))), new byte[0]);
    }

    private static Response refusal(int status, String slug) {
        return new Response(
                status,
                Map.of("Content-Type", List.of("application/problem+json")),
                ("{\"type\":\"urn:evenkeel:problem:" + slug + "\",\"title\":\"no\",\"status\":" + status + "}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private EvenkeelClient client() {
        return TestClients.on(answers, store)
                .credentials("me", "secret")
                .retryFor(Duration.ofMillis(1))
                .listener(new ClientListener() {
                    @Override
                    public void modelInstalled(String model, int version) {
                        heard.add("installed " + version);
                    }

                    @Override
                    public void modelFailed(String model, int version, String reason) {
                        heard.add("failed " + version + " " + reason);
                    }
                })
                .build();
    }

    private static VersionMetrics accuracy(FollowedVersion version) {
        return VersionMetrics.of(
                40 + version.number(), Map.of("accuracy", version.values("w")[0] / 4.0, "nothing", Double.NaN));
    }

    @Test
    void comparesBothVersionsAndReportsBeforeTheNextRequest() throws InterruptedException {
        answers.left.addAll(List.of(version(1, OLD, false), version(2, NEW, true), TAKEN));
        try (EvenkeelClient client = client()) {
            FollowedModel model = client.follow("digits", "production", FollowedRolloutTest::accuracy);
            assertThat(model.refresh()).isTrue();
            assertThat(model.refresh()).isTrue();
            assertThat(model.version()).hasValue(2);
        }
        assertThat(answers.requests).hasSize(3);
        assertThat(answers.requests.get(2).uri()).hasPath("/api/v1/rollouts/r0llout/reports/me");
        assertThat(answers.lastBody())
                .isEqualTo("{\"version\":2,\"outcome\":\"installed\",\"baseline\":1,\"samples\":41,\"metrics\":"
                        + "{\"accuracy\":{\"before\":0.25,\"after\":0.5}}}");
        assertThat(heard).containsExactly("installed 1", "installed 2");
    }

    @Test
    void comparesNothingIfAnotherVersionIsInUse() throws InterruptedException {
        answers.left.addAll(List.of(version(2, NEW, true), TAKEN));
        try (EvenkeelClient client = client()) {
            assertThat(client.follow("digits", "production", version -> VersionMetrics.of(42, Map.of("accuracy", 0.5)))
                            .refresh())
                    .isTrue();
        }
        assertThat(answers.lastBody()).endsWith("\"samples\":42,\"metrics\":{\"accuracy\":{\"after\":0.5}}}");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void reportsAFailureIfOnlyTheNewVersionsMetricIsNotFinite(double loss) throws InterruptedException {
        answers.left.addAll(List.of(version(1, OLD, false), version(2, NEW, true), TAKEN, unchanged(OLD)));
        try (EvenkeelClient client = client()) {
            FollowedModel model = client.follow(
                    "digits",
                    "production",
                    version -> VersionMetrics.of(40, Map.of("loss", version.number() == 2 ? loss : 0.2)));
            model.refresh();
            assertThat(model.refresh()).isFalse();
            assertThat(model.version()).hasValue(1);
        }
        assertThat(new String(answers.requests.get(2).body(), StandardCharsets.UTF_8))
                .isEqualTo("{\"version\":2,\"outcome\":\"failed\",\"reason\":\"metric loss is " + loss + "\"}");
    }

    private static List<Error> errors() {
        return List.of(
                new OutOfMemoryError("Java heap space"), new StackOverflowError(), new NoClassDefFoundError("a/B"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void reportsAFailureIfTheEvaluatorNeedsTooMuchMemoryOrAClass(Error error) throws InterruptedException {
        answers.left.addAll(List.of(version(1, OLD, false), version(2, NEW, true), TAKEN, unchanged(OLD)));
        try (EvenkeelClient client = client()) {
            FollowedModel model = client.follow("digits", "production", version -> {
                throw error;
            });
            model.refresh();
            assertThat(model.refresh()).isFalse();
            assertThat(model.version()).hasValue(1);
        }
        assertThat(new String(answers.requests.get(2).body(), StandardCharsets.UTF_8))
                .contains("\"outcome\":\"failed\",\"reason\":\""
                        + error.getClass().getSimpleName());
    }

    @Test
    void aMetricWithoutSamplesIsNotAFailure() throws InterruptedException {
        answers.left.addAll(List.of(version(2, NEW, true), TAKEN));
        try (EvenkeelClient client = client()) {
            assertThat(client.follow(
                                    "digits", "production", version -> VersionMetrics.of(0, Map.of("loss", Double.NaN)))
                            .refresh())
                    .isTrue();
        }
        assertThat(answers.lastBody()).endsWith("\"samples\":0,\"metrics\":{}}");
    }

    @Test
    void reportsAFailureAndKeepsTheVersionInUse() throws InterruptedException {
        answers.left.addAll(List.of(version(1, OLD, false), version(2, NEW, true), TAKEN, unchanged(OLD)));
        try (EvenkeelClient client = client()) {
            FollowedModel model = client.follow("digits", "production", version -> {
                if (version.number() == 2) {
                    throw new IllegalStateException("no\nmemory");
                }
                return accuracy(version);
            });
            model.refresh();
            assertThat(model.refresh()).isFalse();
            assertThat(model.version()).hasValue(1);
            assertThat(model.file()).isEqualTo(OLD);
        }
        assertThat(new String(answers.requests.get(2).body(), StandardCharsets.UTF_8))
                .isEqualTo("{\"version\":2,\"outcome\":\"failed\",\"reason\":\"IllegalStateException: no memory\"}");
        assertThat(heard).containsExactly("installed 1", "failed 2 IllegalStateException: no memory");
    }

    @Test
    void getsTheVersionOfTheAliasIfTheFirstVersionFails() throws InterruptedException {
        byte[] bad = {1, 2, 3};
        answers.left.addAll(List.of(version(2, bad, true), TAKEN, version(1, OLD, false)));
        try (EvenkeelClient client = client()) {
            FollowedModel model = client.follow("digits", "production");
            assertThat(model.refresh()).isTrue();
            assertThat(model.version()).hasValue(1);
        }
    }

    @Test
    void sendsAReportAgainUntilItIsAccepted() throws InterruptedException {
        answers.left.addAll(List.of(version(1, OLD, false), version(2, NEW, true)));
        try (EvenkeelClient client = client()) {
            FollowedModel model = client.follow("digits", "production");
            model.refresh();
            assertThat(model.refresh()).as("installed, though not reported").isTrue();
        }
        answers.left.addAll(List.of(TAKEN, unchanged(NEW), unchanged(NEW)));
        int before = answers.requests.size();
        try (EvenkeelClient client = client()) {
            FollowedModel model = client.follow("digits", "production");
            assertThat(model.refresh()).isFalse();
            assertThat(model.refresh()).isFalse();
        }
        assertThat(answers.requests.subList(before, answers.requests.size()))
                .extracting(Request::method)
                .containsExactly("PUT", "GET", "GET");
    }

    @Test
    void dropsAPermanentlyRefusedReport() throws InterruptedException {
        answers.left.addAll(
                List.of(version(1, OLD, false), version(2, NEW, true), refusal(409, "rollout-state"), unchanged(NEW)));
        try (EvenkeelClient client = client()) {
            FollowedModel model = client.follow("digits", "production");
            model.refresh();
            assertThat(model.refresh()).isTrue();
            assertThat(model.refresh()).isFalse();
        }
        assertThat(answers.requests).hasSize(4);
    }

    @Test
    void returnsWithoutADownloadWhenTheRollOutStops() throws InterruptedException {
        answers.left.addAll(
                List.of(version(1, OLD, false), version(2, NEW, true), TAKEN, unchanged(OLD), unchanged(OLD)));
        try (EvenkeelClient client = client()) {
            FollowedModel model = client.follow("digits", "production");
            model.refresh();
            model.refresh();
            assertThat(model.refresh()).isTrue();
            assertThat(model.version()).hasValue(1);
            assertThat(model.file()).isEqualTo(OLD);
            assertThat(model.refresh()).isFalse();
        }
        assertThat(answers.requests.get(3).headers().get("If-None-Match")).isEqualTo(tag(NEW) + ", " + tag(OLD));
        assertThat(answers.requests.get(4).headers().get("If-None-Match")).isEqualTo(tag(OLD));
        try (EvenkeelClient client = client()) {
            assertThat(client.follow("digits", "production").version()).hasValue(1);
        }
    }

    @Test
    void forgetsThePreviousVersionOnceTheRollOutHasFinished() throws InterruptedException {
        answers.left.addAll(
                List.of(version(1, OLD, false), version(2, NEW, true), TAKEN, unchanged(NEW), unchanged(NEW)));
        try (EvenkeelClient client = client()) {
            FollowedModel model = client.follow("digits", "production");
            for (int i = 0; i < 4; i++) {
                model.refresh();
            }
            assertThat(model.version()).hasValue(2);
        }
        assertThat(answers.requests.get(4).headers().get("If-None-Match")).isEqualTo(tag(NEW));
        assertThat(store.names(".")).containsExactly(".model.digits.production");
    }
}
