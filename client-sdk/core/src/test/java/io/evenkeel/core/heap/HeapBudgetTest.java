package io.evenkeel.core.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.heap.HeapBudget.Share;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeapBudgetTest {

    private static final long MEGABYTE = 1 << 20;

    @ParameterizedTest
    @ValueSource(longs = {1, 64, 128, 256, 302, 512, 1000, 1024, 2048, 4096, 65_536})
    void theSharesAddUpToTheHeap(long megabytes) {
        HeapBudget budget = HeapBudget.ofDefaults(megabytes * MEGABYTE);

        assertThat(Arrays.stream(Share.values()).mapToLong(budget::of).sum()).isEqualTo(megabytes * MEGABYTE);
        assertThat(Arrays.stream(Share.values()).mapToLong(budget::of).min().orElseThrow())
                .isNotNegative();
    }

    @ParameterizedTest
    @CsvFileSource(resources = "shares.csv")
    void theShareForModelsMatchesTheDocuments(long heap, long models) {
        HeapBudget budget = HeapBudget.ofDefaults(heap * MEGABYTE);

        assertThat(budget.of(Share.MODELS) / MEGABYTE).isEqualTo(models);
    }

    /** 256 MiB and six float64 vectors, as docs/BENCHMARKS.md says. */
    @Test
    void aRunOfAMillionParametersFits302Megabytes() {
        HeapBudget budget = HeapBudget.ofDefaults(302 * MEGABYTE);

        assertThat(budget.of(Share.MODELS)).isGreaterThan(58 * MEGABYTE);
    }

    @Test
    void theRemainderOfWaitingDevicesGoesToModels() {
        HeapBudget many = new HeapBudget(4096 * MEGABYTE, Long.MAX_VALUE, 0);
        HeapBudget few = new HeapBudget(4096 * MEGABYTE, 0, 0);

        assertThat(few.of(Share.WAITING_DEVICES)).isZero();
        assertThat(few.of(Share.MODELS)).isEqualTo(many.of(Share.MODELS) + many.of(Share.WAITING_DEVICES));
    }

    @Test
    void aNumberOfWaitingDevicesThatIsSetMayTakeHalfOfTheHeap() {
        HeapBudget usual = HeapBudget.ofSettings(1024 * MEGABYTE, null, HeapBudget.DEFAULT_STREAMS);
        HeapBudget most = HeapBudget.ofSettings(1024 * MEGABYTE, 20_000, HeapBudget.DEFAULT_STREAMS);
        HeapBudget all = HeapBudget.ofSettings(1792 * MEGABYTE, 20_000, HeapBudget.DEFAULT_STREAMS);

        assertThat(waiting(usual)).isEqualTo(5757);
        assertThat(waiting(most)).isEqualTo(11_715);
        assertThat(waiting(all)).isEqualTo(20_000);
        assertThat(usual.of(Share.MODELS) / MEGABYTE).isEqualTo(352);
        assertThat(most.of(Share.MODELS) / MEGABYTE).isEqualTo(96);
        assertThat(all.of(Share.MODELS) / MEGABYTE).isEqualTo(244);
    }

    @Test
    void noHeapGivesAShareMoreThanItsLimit() {
        HeapBudget budget = new HeapBudget(1024 * MEGABYTE, MEGABYTE, 0);
        assertThat(budget.heapFor(Share.WAITING_DEVICES, MEGABYTE)).isEqualTo(64 * MEGABYTE);
        assertThatThrownBy(() -> budget.heapFor(Share.WAITING_DEVICES, MEGABYTE + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the share waiting-devices has at most 1048576 bytes, which is less than 1048577");
    }

    private static long waiting(HeapBudget budget) {
        return budget.of(Share.WAITING_DEVICES) / HeapBudget.WAITING_BYTES;
    }
}
