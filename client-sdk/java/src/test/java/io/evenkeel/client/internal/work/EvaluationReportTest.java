package io.evenkeel.client.internal.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.MemoryStateStore;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.TestClients;
import io.evenkeel.client.Transport;
import io.evenkeel.client.VersionMetrics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class EvaluationReportTest {

    private final List<Request> requests = new ArrayList<>();

    private EvenkeelClient client() {
        Transport transport = new Transport() {
            @Override
            public Response exchange(Request request) {
                requests.add(request);
                return new Response(204, Map.of(), new byte[0]);
            }

            @Override
            public void abort() {}

            @Override
            public void close() {}
        };
        return TestClients.on(transport, new MemoryStateStore())
                .credentials("me", "secret")
                .build();
    }

    @Test
    void sendsFiniteMetricsWithTheirSamples() throws InterruptedException {
        try (EvenkeelClient client = client()) {
            client.reportEvaluation("check-3", VersionMetrics.of(40, Map.of("accuracy", 0.5, "nothing", Double.NaN)));
        }
        Request sent = requests.get(0);
        assertThat(sent.uri()).hasPath("/api/v1/evaluations/check-3/results/me");
        assertThat(new String(Objects.requireNonNull(sent.body()), StandardCharsets.UTF_8))
                .contains("\"samples\":40", "\"metrics\":{\"accuracy\":0.5}");
    }

    @Test
    void refusesInvalidResultsBeforeAnythingIsSent() {
        try (EvenkeelClient client = client()) {
            assertThatThrownBy(() -> client.reportEvaluation("a/b", VersionMetrics.of(1, Map.of("a", 1.0))))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client.reportEvaluation("a", VersionMetrics.of(0, Map.of("a", 1.0))))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client.reportEvaluation("a", VersionMetrics.of(1, Map.of("a", Double.NaN))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(requests).isEmpty();
    }
}
