package io.evenkeel.coordinator.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.JdkTransport;
import io.evenkeel.client.MemoryStateStore;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.Transport;
import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** A cache between the coordinator and a device returns a different model from the requested one. */
@CoordinatorTest
class TamperedModelTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private final List<double[]> trained = new ArrayList<>();

    /** Changes the first models that it transports. */
    private static final class WrongCache implements Transport {
        private final Transport requests = new JdkTransport(Duration.ofSeconds(10), Duration.ofSeconds(30), null);
        private int wrong;

        WrongCache(int wrong) {
            this.wrong = wrong;
        }

        @Override
        public Response exchange(Request request) throws IOException, InterruptedException {
            Response response = requests.exchange(request);
            if (!request.uri().getPath().endsWith("/model") || !response.isSuccess() || wrong-- <= 0) {
                return response;
            }
            byte[] other = response.body().clone();
            other[other.length - 1] ^= 0x20;
            return new Response(response.status(), Map.of(), other);
        }

        @Override
        public void abort() {
            requests.abort();
        }

        @Override
        public void close() {
            requests.close();
        }
    }

    private Scene scene() {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 2, "\"gamma\":\"constant:0.5\"")
                .members(1)
                .start();
    }

    private void train(Scene scene, int wrongModels) throws InterruptedException {
        TestDevice device = scene.devices.get(0);
        try (EvenkeelClient client = EvenkeelClient.builder(URI.create(api.endpoint()))
                .run(scene.run)
                .credentials(device.client(), scene.secretOf(device))
                .stateStore(new MemoryStateStore())
                .sparseUpdates(false)
                .transport(new WrongCache(wrongModels))
                .build()) {
            client.train(model -> {
                trained.add(model.toDoubles());
                return Gradient.of(TestDevice.gradient(model.toDoubles(), 0));
            });
        }
    }

    @Test
    void isDownloadedCompletelyAgain() throws InterruptedException {
        Scene scene = scene();
        train(scene, 1);
        assertThat(trained).hasSize(2);
        for (int round = 0; round < 2; round++) {
            double[] floats = Arrays.stream(scene.devices.get(0).model(round))
                    .map(value -> (float) value)
                    .toArray();
            assertThat(trained.get(round)).containsExactly(floats);
        }
    }

    @Test
    void isNeverTrainedOn() {
        Scene scene = scene();
        assertThatThrownBy(() -> train(scene, 2))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("does not have the digest")
                .hasMessageContaining("nothing was computed on it");
        assertThat(trained).isEmpty();
    }
}
