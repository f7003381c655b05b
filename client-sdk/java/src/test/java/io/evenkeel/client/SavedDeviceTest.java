package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.feedback.FeedbackMethod;
import org.junit.jupiter.api.Test;

class SavedDeviceTest {

    private static final String RUN = TestCoordinator.RUN;

    private final TestCoordinator coordinator = new TestCoordinator(FeedbackMethod.EF21, "normalized", "top-k:5", 6);
    private final MemoryStateStore store = new MemoryStateStore();

    private SavedDevice.Position position() {
        return SavedDevice.in(store).position(RUN, FeedbackMethod.EF21, TestCoordinator.LAYOUT.dimension());
    }

    @Test
    void readsTheIdAndThePositionThatTheCoordinatorConfirmed() throws InterruptedException {
        TestClients.train(TestClients.on(coordinator, store));

        assertThat(SavedDevice.in(store).client()).isEqualTo("c1");
        assertThat(SavedDevice.in(store).secret()).isEqualTo("evk_dev_c1_secret");
        assertThat(position().sequence()).isEqualTo(6);
        assertThat(position().head()).isEqualTo(coordinator.member().head).isNotZero();
        assertThat(position().vectors()).containsExactly(coordinator.member().g);
    }

    @Test
    void aForgottenRunStartsFromZeroAndKeepsTheCredentials() throws InterruptedException {
        TestClients.train(TestClients.on(coordinator, store));

        SavedDevice.forget(store, RUN);

        assertThat(position().sequence()).isZero();
        assertThat(SavedDevice.in(store).client()).isEqualTo("c1");
    }

    @Test
    void refusesAStoreWithoutCredentials() {
        assertThatThrownBy(() -> SavedDevice.in(store))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("credentials")
                .hasMessageContaining("no device has enrolled");
    }
}
