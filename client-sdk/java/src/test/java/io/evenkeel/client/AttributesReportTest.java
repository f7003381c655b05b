package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests when a device reports its attributes. */
class AttributesReportTest {

    private static final String REPORT = "PUT clients/me/attributes";

    private final MemoryStateStore store = new MemoryStateStore();
    private final TestCoordinator coordinator =
            new TestCoordinator(FeedbackMethod.EF21_MOMENTUM, "normalized", "top-k:5", 12);

    private void train(Map<String, String> attributes) throws InterruptedException {
        TestClients.train(TestClients.on(coordinator, store).attributes(attributes));
    }

    @Test
    void sendsAttributesOnlyOnceWithTheEnrolment() throws InterruptedException {
        train(Map.of("region", "eu"));
        train(Map.of("region", "eu"));
        assertThat(coordinator.credentials.attributes).containsEntry("c1", Map.of("region", "eu"));
        assertThat(coordinator.log).doesNotContain(REPORT);
    }

    @Test
    void sendsAttributesThatDifferFromThoseOfTheLastTraining() throws InterruptedException {
        train(Map.of("app-version", "3.1"));
        train(Map.of("app-version", "3.2", "region", "eu"));
        assertThat(coordinator.credentials.attributes)
                .containsEntry("c1", Map.of("app-version", "3.2", "region", "eu"));
        assertThat(coordinator.log).containsOnlyOnce(REPORT);
        train(Map.of());
        assertThat(coordinator.credentials.attributes).containsEntry("c1", Map.of());
    }

    @Test
    void sendsAttributesThatChangeDuringTheTraining() throws InterruptedException {
        Map<String, String> attributes = new HashMap<>(Map.of("charging", "yes"));
        try (EvenkeelClient client =
                TestClients.on(coordinator, store).attributes(() -> attributes).build()) {
            client.train(model -> {
                attributes.put("charging", model.round() < 3 ? "yes" : "no");
                return Problems.bowl(1).compute(model);
            });
        }
        assertThat(coordinator.credentials.attributes).containsEntry("c1", Map.of("charging", "no"));
        assertThat(coordinator.log).containsOnlyOnce(REPORT);
    }

    @Test
    void keepsReportedAttributesIfNoneAreSet() throws InterruptedException {
        train(Map.of("region", "eu"));
        TestClients.train(TestClients.on(coordinator, store));
        assertThat(coordinator.credentials.attributes).containsEntry("c1", Map.of("region", "eu"));
    }

    @Test
    void sendsAttributesAgainIfTheSavedOnesCannotBeRead() throws InterruptedException {
        train(Map.of("region", "eu"));
        store.write("attributes", out -> out.write('?'));
        train(Map.of("region", "eu"));
        assertThat(coordinator.log).containsOnlyOnce(REPORT);
    }

    @Test
    void throwsTheCoordinatorsRefusalOfAnAttribute() throws InterruptedException {
        train(Map.of("region", "eu"));
        assertThatThrownBy(() -> train(Map.of(" x", "1")))
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining("not allowed");
    }
}
