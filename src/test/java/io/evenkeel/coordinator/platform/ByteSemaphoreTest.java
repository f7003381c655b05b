package io.evenkeel.coordinator.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ByteSemaphoreTest {

    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration LONG = Duration.ofHours(1);

    private final ByteSemaphore room = new ByteSemaphore(100_000);

    @Test
    void grantsAtMostItsCapacity() {
        assertThat(room.take(60_000, AT_ONCE)).isTrue();
        assertThat(room.take(60_000, AT_ONCE)).isFalse();
        assertThat(room.take(20_000, AT_ONCE)).isTrue();
        assertThat(room.taken()).isBetween(80_000L, 83_000L);
        room.giveBack(60_000);
        room.giveBack(20_000);
        assertThat(room.taken()).isZero();
    }

    @Test
    void grantsMoreThanItsCapacityOnlyAlone() {
        assertThat(room.take(1L << 40, AT_ONCE)).isTrue();
        assertThat(room.take(1, AT_ONCE)).isFalse();
        assertThat(room.awaitAny(AT_ONCE)).isFalse();
        room.giveBack(1L << 40);
        assertThat(room.awaitAny(AT_ONCE)).isTrue();
        assertThat(room.taken()).isZero();
    }

    @Test
    void waitsUntilBytesAreReleased() {
        assertThat(room.take(100_000, AT_ONCE)).isTrue();
        CompletableFuture<Boolean> any = CompletableFuture.supplyAsync(() -> room.awaitAny(LONG));
        CompletableFuture<Boolean> some = CompletableFuture.supplyAsync(() -> room.take(50_000, LONG));
        assertThat(any).isNotDone();
        assertThat(some).isNotDone();
        room.giveBack(100_000);
        assertThat(any.join()).isTrue();
        assertThat(some.join()).isTrue();
        assertThat(room.taken()).isGreaterThanOrEqualTo(50_000);
    }
}
