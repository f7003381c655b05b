package io.evenkeel.client;

import static io.evenkeel.client.TestCoordinator.LAYOUT;
import static io.evenkeel.client.TestCoordinator.RUN;

import io.evenkeel.client.internal.state.DeviceState;
import java.net.URI;

/** Creates clients for tests. */
public final class TestClients {

    static final URI ENDPOINT = URI.create("http://coordinator.test");

    private TestClients() {}

    public static ClientBuilder on(TestCoordinator coordinator, StateStore store) {
        return on(DirectTransport.reliable(coordinator), store);
    }

    public static ClientBuilder on(Transport transport, StateStore store) {
        return EvenkeelClient.builder(ENDPOINT)
                .run(RUN)
                .enrolmentToken("evk_enrol_test")
                .stateStore(store)
                .transport(transport)
                .time(new FakeTime())
                .random(() -> 0.5);
    }

    public static RunOutcome train(ClientBuilder builder) throws InterruptedException {
        try (EvenkeelClient client = builder.build()) {
            return client.train(Problems.bowl(1));
        }
    }

    /** Returns the saved state of the coordinator's only member. */
    public static DeviceState saved(TestCoordinator coordinator, StateStore store) {
        return DeviceState.open(
                store, RUN, coordinator.member().client, coordinator.feedback, LAYOUT.dimension(), null);
    }

    /** Returns the device's g_i from the store. */
    public static double[] g(TestCoordinator coordinator, StateStore store) {
        return saved(coordinator, store).feedback().vectors().get(0);
    }
}
