package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Tests that the queue has three quarters of the group commit's share. MessageIntakeTest covers the memory of messages
 * while they are read, and of decoded messages.
 */
class MessageMemoryTest {

    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration LONG = Duration.ofHours(1);

    private final MessageMemory memory = new MessageMemory(0, 100_000 / 3 * 4 + 4, 0);

    @Test
    void grantsAtMostItsCapacity() {
        assertThat(memory.takeQueued(60_000, AT_ONCE)).isTrue();
        assertThat(memory.takeQueued(60_000, AT_ONCE)).isFalse();
        assertThat(memory.takeQueued(20_000, AT_ONCE)).isTrue();
        assertThat(memory.queued()).isBetween(80_000L, 83_000L);
        memory.releaseQueued(60_000);
        memory.releaseQueued(20_000);
        assertThat(memory.queued()).isZero();
    }

    @Test
    void grantsMoreThanItsCapacityOnlyToASingleRequest() {
        assertThat(memory.takeQueued(1L << 40, AT_ONCE)).isTrue();
        assertThat(memory.takeQueued(1, AT_ONCE)).isFalse();
        assertThat(memory.awaitQueue(AT_ONCE)).isFalse();
        memory.releaseQueued(1L << 40);
        assertThat(memory.awaitQueue(AT_ONCE)).isTrue();
        assertThat(memory.queued()).isZero();
    }

    @Test
    void waitsUntilBytesAreReleased() {
        assertThat(memory.takeQueued(100_000, AT_ONCE)).isTrue();
        CompletableFuture<Boolean> any = CompletableFuture.supplyAsync(() -> memory.awaitQueue(LONG));
        CompletableFuture<Boolean> some = CompletableFuture.supplyAsync(() -> memory.takeQueued(50_000, LONG));
        assertThat(any).isNotDone();
        assertThat(some).isNotDone();
        memory.releaseQueued(100_000);
        assertThat(any.join()).isTrue();
        assertThat(some.join()).isTrue();
        assertThat(memory.queued()).isGreaterThanOrEqualTo(50_000);
    }
}
