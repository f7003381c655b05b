package io.evenkeel.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.core.heap.HeapBudget;
import io.evenkeel.core.heap.HeapBudget.Share;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two runs of a million parameters fit; a third does not. */
class RunMemoryTest {

    private static final int DIMENSION = 1_000_000;
    private static final long HEAP = 500L << 20;

    private final HeapBudget budget = new HeapBudget(HEAP, Long.MAX_VALUE, 0);
    private final RunMemory memory = new RunMemory(budget, Dialect.H2);
    private final ValidatedPlan plan = plan(DIMENSION, "top-k:0.01");

    private static ValidatedPlan plan(int dimension, String compressor) {
        return plan(dimension, compressor, "ef21-norm");
    }

    private static ValidatedPlan plan(int dimension, String compressor, String algorithm) {
        return plan(null, dimension, compressor, algorithm, null, null);
    }

    static ValidatedPlan plan(
            int dimension, String compressor, String algorithm, @Nullable String step, @Nullable String downlink) {
        RunDefinition.LossyDownlink lossy = downlink == null ? null : new RunDefinition.LossyDownlink(downlink);
        return plan(null, dimension, compressor, algorithm, step, lossy);
    }

    private static ValidatedPlan plan(
            @Nullable List<RunDefinition.TensorShape> tensors,
            @Nullable Integer dimension,
            String compressor,
            String algorithm,
            @Nullable String step,
            RunDefinition.@Nullable LossyDownlink downlink) {
        return ValidatedPlan.of(new RunDefinition(
                "big",
                tensors,
                dimension,
                algorithm,
                compressor,
                3,
                null,
                "constant:1",
                null,
                step,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                downlink,
                null,
                null,
                null,
                null));
    }

    private static ValidatedPlan matrixPlan(String step) {
        var tensors = List.of(new RunDefinition.TensorShape("w", List.of(500, 40, 50)));
        return plan(tensors, null, "top-k:0.01", "ef21-norm", step, null);
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem()).isEqualTo(ProblemKind.INSUFFICIENT_MEMORY));
    }

    @Test
    void needsTheBytesOfTheFormula() {
        assertThat(memory.need(plan))
                .isEqualTo(16L * DIMENSION + DIMENSION / 8 + 40L * DIMENSION + 24L * DIMENSION / 100 + (1 << 20));
        assertThat(new RunMemory(budget, Dialect.POSTGRESQL).need(plan) - memory.need(plan))
                .isEqualTo(24L * DIMENSION / 100);
    }

    @Test
    void needsWhatTheStepAllocates() {
        assertThat(memory.need(matrixPlan("muon")) - memory.need(matrixPlan("normalized")))
                .isEqualTo(32L * 500 * 500 + 512 * 500);
    }

    @Test
    void needsMoreForEachVectorThatTheStepRuleRemembers() {
        ValidatedPlan adam = plan(DIMENSION, "top-k:0.01", "ef21-fedadam");
        assertThat(memory.need(adam) - memory.need(plan)).isEqualTo(2 * (8L + 8) * DIMENSION);
        assertThat(memory.importing(adam) - memory.history(adam))
                .isEqualTo((64 - 56) * DIMENSION - 24L * DIMENSION / 100);
        assertThat(memory.importing(plan)).isEqualTo(memory.history(plan));
        assertThat(memory.checkpoint(adam)).isEqualTo(32L * DIMENSION);
    }

    @Test
    void needsMoreForTheDevicesModelOfALossyDownlink() {
        ValidatedPlan lossy =
                plan(null, DIMENSION, "top-k:0.01", "ef21-norm", null, new RunDefinition.LossyDownlink("top-k:0.02"));
        RunMemory postgres = new RunMemory(budget, Dialect.POSTGRESQL);
        assertThat(memory.need(lossy) - memory.need(plan)).isEqualTo((8L + 8) * DIMENSION + 24L * DIMENSION / 50);
        assertThat(postgres.need(lossy) - postgres.need(plan)).isEqualTo((8L + 8) * DIMENSION + 48L * DIMENSION / 50);
    }

    @Test
    void lendsTheRemainingMemoryToACacheUntilARunNeedsIt() {
        long need = memory.need(plan);
        long left = budget.of(Share.MODELS) - need;
        AtomicLong held = new AtomicLong();
        memory.lendTo(new ReclaimableCache() {
            @Override
            public long bytes() {
                return held.get();
            }

            @Override
            public void clear() {
                held.set(0);
            }
        });
        memory.keep(1, plan);
        memory.offer(left + 1, () -> held.set(left + 1));
        assertThat(held).as("more than the free memory").hasValue(0);
        memory.offer(left - 10, () -> held.addAndGet(left - 10));
        memory.offer(11, () -> held.addAndGet(11));
        assertThat(held).hasValue(left - 10);
        assertThat(memory.taken()).isEqualTo(need);

        memory.borrowing("work", 10, () -> held.get());
        assertThat(held).as("there was enough").hasValue(left - 10);
        memory.keep(2, plan);
        assertThat(held).hasValue(0);
        assertThat(memory.taken()).isEqualTo(2 * need);
    }

    @Test
    void refusesARunThatDoesNotFitAndNamesTheBytes() {
        memory.keep(1, plan);
        memory.keep(2, plan);

        assertThatThrownBy(() -> memory.keep(3, plan)).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem()).isEqualTo(ProblemKind.INSUFFICIENT_MEMORY);
            assertThat(e.members())
                    .containsEntry("neededBytes", memory.need(plan))
                    .containsEntry("leftBytes", budget.of(Share.MODELS) - 2 * memory.need(plan))
                    .containsEntry("heapBytes", HEAP);
            assertThat(e.detail()).contains("run 'big' needs", "500 MB");
            assertThat(e.action()).contains("-Xmx", "another run");
        });
        assertRefused(() -> memory.requireRoom(plan));
        assertThat(memory.taken()).isEqualTo(2 * memory.need(plan));
    }

    @Test
    void releasedMemoryIsAvailableAgain() {
        memory.keep(1, plan);
        memory.keep(2, plan);
        memory.release(1);
        memory.keep(3, plan);

        assertThat(memory.isKept(1)).isFalse();
        assertThat(memory.isKept(3)).isTrue();
        assertThat(memory.taken()).isEqualTo(2 * memory.need(plan));
    }

    @Test
    void aRunTakesItsMemoryOnce() {
        memory.keep(1, plan);
        memory.keep(1, plan);
        long within = memory.working(1, plan, () -> memory.working(1, plan, memory::taken));

        assertThat(within).isEqualTo(memory.need(plan));
        memory.release(1);
        assertThat(memory.taken()).isZero();
    }

    @Test
    void workOnAnIdleRunTakesMemoryUntilItsEnd() {
        memory.keep(1, plan);
        memory.keep(2, plan);
        assertRefused(() -> memory.working(3, plan, () -> true));

        memory.release(2);
        long within = memory.working(3, plan, memory::taken);

        assertThat(within).isEqualTo(2 * memory.need(plan));
        assertThat(memory.taken()).isEqualTo(memory.need(plan));
    }

    @Test
    void memoryReleasedDuringWorkStaysReservedUntilItsEnd() {
        memory.keep(1, plan);
        long within = memory.working(1, plan, () -> {
            memory.release(1);
            return memory.taken();
        });

        assertThat(within).isEqualTo(memory.need(plan));
        assertThat(memory.taken()).isZero();
    }

    @Test
    void borrowsBesideRunsAndReturnsTheMemoryAfterAFailure() {
        memory.keep(1, plan);
        assertRefused(() -> memory.borrowing("an export", budget.of(Share.MODELS), () -> true));
        assertThatThrownBy(() -> memory.borrowing("an export", 1000, () -> {
                    assertThat(memory.taken()).isEqualTo(memory.need(plan) + 1000);
                    throw new IllegalStateException("broken");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(memory.taken()).isEqualTo(memory.need(plan));
    }

    @Test
    void aFailedStartReleasesItsMemory() {
        try (RunMemory.Reservation taking = memory.taking(1, plan)) {
            taking.take();
            assertThat(memory.taken()).isEqualTo(memory.need(plan));
        }

        assertThat(memory.taken()).isZero();
    }

    /** The list of running runs may be older than a start or a resume. */
    @Test
    void anOldStampDoesNotReleaseARunThatWasKeptAgain() {
        memory.keep(1, plan);
        long old = memory.kept().getOrDefault(1L, -1L);
        memory.keep(1, plan);
        memory.release(1, old);
        assertThat(memory.isKept(1)).isTrue();

        memory.release(1, memory.kept().getOrDefault(1L, -1L));
        assertThat(memory.isKept(1)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void refusesTheRunWhoseCheckpointsDoNotFitAnArray(Dialect dialect) {
        RunMemory huge = new RunMemory(new HeapBudget(64L << 30, Long.MAX_VALUE, 0), dialect);
        assertThatCode(() -> huge.requireRoom(plan(134_000_000, "top-k:0.001"))).doesNotThrowAnyException();
        ValidatedPlan most = plan(67_106_815, "top-k:0.001", "ef21-fedadam");
        assertThatCode(() -> huge.requireRoom(most)).doesNotThrowAnyException();

        assertThatThrownBy(() -> huge.requireRoom(plan(67_106_816, "top-k:0.001", "ef21-fedadam")))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.problem()).isEqualTo(ProblemKind.INVALID);
                    assertThat(e.detail())
                            .contains("dimension: is 67106816, expected at most 67106815: ", "4 vectors", "2 GiB");
                });
    }

    /** The driver may request a row as text with two digits per byte, which PostgreSQL limits to 1 GiB. */
    @Test
    void refusesMessagesThatDoNotFitARowOfPostgresql() {
        HeapBudget large = new HeapBudget(64L << 30, Long.MAX_VALUE, 0);
        ValidatedPlan dense = plan(100_000_000, "identity+float64");

        assertThatThrownBy(() -> new RunMemory(large, Dialect.POSTGRESQL).requireRoom(dense))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.problem()).isEqualTo(ProblemKind.INVALID);
                    assertThat(e.detail()).contains("compressor: sends messages of up to 812516384 bytes");
                });
        assertThatCode(() -> new RunMemory(large, Dialect.H2).requireRoom(dense))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesMessagesThatDoNotFitTheirShare() {
        ValidatedPlan dense = plan(DIMENSION * 20, "identity");
        HeapBudget large = new HeapBudget(2L << 30, Long.MAX_VALUE, 0);
        assertThat(new RunFootprint(large, Dialect.H2).of(dense).reading())
                .isGreaterThan(large.of(Share.REQUEST_BODIES));

        assertThatThrownBy(() -> new RunMemory(large, Dialect.H2).requireRoom(dense))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.problem()).isEqualTo(ProblemKind.INSUFFICIENT_MEMORY);
                    assertThat(e.detail()).contains("a message of run 'big'");
                    assertThat(e.action()).contains("compressor", "-Xmx3968m");
                });
        HeapBudget named = new HeapBudget(3968L << 20, Long.MAX_VALUE, 0);
        assertThatCode(() -> new RunMemory(named, Dialect.H2).requireRoom(dense))
                .doesNotThrowAnyException();
        assertThatCode(() -> new RunMemory(large, Dialect.H2).requireRoom(plan(DIMENSION * 10, "top-k:0.01")))
                .doesNotThrowAnyException();
    }
}
