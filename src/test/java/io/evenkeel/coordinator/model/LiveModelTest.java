package io.evenkeel.coordinator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.PlainStep;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Encoding;
import io.evenkeel.core.wire.RoundUpdate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adding many messages at once gives the same bits as adding them one by one. */
class LiveModelTest {

    /** A little more than three chunks. */
    private static final int DIMENSION = 3 * (1 << 15) + 17;

    private final SplitMix64 random = new SplitMix64(5);

    private static LiveModel start() {
        return start(DIMENSION);
    }

    private static LiveModel start(int dimension) {
        TensorLayout layout = TensorLayout.flat(dimension);
        return new LiveModel(
                0, ModelState.start(layout, new PlainStep(), new double[dimension], true), true, null, false);
    }

    private CompressedVector vector(Support support) {
        double[] values = new double[support.count()];
        for (int j = 0; j < values.length; j++) {
            values[j] = random.nextDouble() - 0.5;
        }
        return new CompressedVector(support, ValueCoding.FLOAT64, values);
    }

    private List<LiveModel.Weighted> sparse() {
        List<LiveModel.Weighted> messages = new ArrayList<>();
        int last = DIMENSION - 1;
        for (Support support : List.of(
                new Support.Listed(DIMENSION, new int[] {0, 5, (1 << 15) - 1, 1 << 15, last}),
                new Support.Listed(DIMENSION, new int[0]),
                new Support.Listed(DIMENSION, new int[] {(1 << 16) + 3}),
                new Support.Seeded(DIMENSION, 2_000, 1),
                new Support.Blocks(DIMENSION, 100, new int[] {0, 327, 983}),
                new Support.Seeded(DIMENSION, 3_000, 2))) {
            messages.add(new LiveModel.Weighted(vector(support), 1 + random.nextDouble()));
        }
        return messages;
    }

    private static double[] oneByOne(List<LiveModel.Weighted> messages) {
        double[] sum = new double[DIMENSION];
        for (LiveModel.Weighted message : messages) {
            for (int j = 0; j < message.delta().count(); j++) {
                sum[message.delta().index(j)] +=
                        message.weight() * message.delta().value(j);
            }
        }
        return sum;
    }

    private static RoundUpdate close(LiveModel model, List<LiveModel.Weighted> messages) {
        model.beginRound();
        model.add(messages);
        return model.endRound(new StepScale(0, new double[] {1}, 0, new double[0]))
                .update();
    }

    @Test
    void addsInTheOrderOfTheMessagesAndReturnsTheChanges() {
        List<LiveModel.Weighted> messages = sparse();
        LiveModel model = start();

        RoundUpdate update = close(model, messages);

        assertThat(model.sum()).isEqualTo(oneByOne(messages));
        TreeSet<Integer> touched = new TreeSet<>();
        for (LiveModel.Weighted message : messages) {
            for (int j = 0; j < message.delta().count(); j++) {
                touched.add(message.delta().index(j));
            }
        }
        CompressedVector changes = update.changes();
        assertThat(changes.count()).isEqualTo(touched.size());
        for (int j = 0; j < changes.count(); j++) {
            assertThat(changes.index(j)).isEqualTo(touched.pollFirst());
            assertThat(changes.value(j)).isEqualTo(model.sum()[changes.index(j)]);
        }
    }

    @Test
    void forgetsTheChangesOfThePreviousRound() {
        LiveModel model = start();
        close(model, List.of(new LiveModel.Weighted(vector(new Support.All(DIMENSION)), 1)));

        RoundUpdate next = close(
                model, List.of(new LiveModel.Weighted(vector(new Support.Listed(DIMENSION, new int[] {70_000})), 1)));

        assertThat(next.changes().count()).isEqualTo(1);
        assertThat(next.changes().index(0)).isEqualTo(70_000);
    }

    /** RunHeap counts 8 bytes per parameter for a change. At most seven eighths of the coordinates are listed. */
    @Test
    void aChangeIsStoredAndRepeatedWithoutACopyOfItsValues() throws IOException {
        int dimension = 1 << 20;
        int[] most = IntStream.range(0, dimension).filter(j -> j % 8 != 0).toArray();
        LiveModel model = start(dimension);
        model.beginRound();
        model.add(List.of(new LiveModel.Weighted(vector(new Support.Listed(dimension, most)), 1)));
        LiveModel repeated = start(dimension);
        byte[] stored = new byte[8 * dimension];

        long before = allocated();
        Encoding encoding = model.endRound(new StepScale(0, new double[] {1}, 0, new double[0]))
                .update()
                .encoding();
        int length = encoding.toStream().readNBytes(stored, 0, stored.length);
        long toStore = allocated() - before;
        repeated.replay(new ByteArrayInputStream(stored, 0, length), length, null, new double[0]);
        long toRepeat = allocated() - before - toStore;

        assertThat(length).isEqualTo(encoding.length());
        assertThat(repeated.sum()).isEqualTo(model.sum());
        assertThat(toStore).isLessThan(8L * dimension);
        assertThat(toRepeat).isLessThan(4L * dimension);
    }

    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 63, 64, 65})
    void aDenseMessageChangesEverythingInAShortVectorToo(int dimension) {
        double[] values = new double[dimension];
        Arrays.fill(values, 2);
        CompressedVector dense = new CompressedVector(new Support.All(dimension), ValueCoding.FLOAT64, values);
        LiveModel model = start(dimension);

        RoundUpdate update = close(model, List.of(new LiveModel.Weighted(dense, 1.5)));

        assertThat(update.changes().toDense()).containsOnly(3).hasSize(dimension);
    }

    @Test
    void aDenseMessageChangesEverything() {
        List<LiveModel.Weighted> messages = sparse();
        messages.add(2, new LiveModel.Weighted(vector(new Support.All(DIMENSION)), 0.3));
        LiveModel model = start();

        RoundUpdate update = close(model, messages);

        assertThat(model.sum()).isEqualTo(oneByOne(messages));
        assertThat(update.changes().support()).isInstanceOf(Support.All.class);
    }
}
