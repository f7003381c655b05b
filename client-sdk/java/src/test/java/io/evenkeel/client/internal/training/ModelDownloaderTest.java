package io.evenkeel.client.internal.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.ClientListener.ModelKind;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.MemoryStateStore;
import io.evenkeel.client.Model;
import io.evenkeel.client.Problems;
import io.evenkeel.client.Receipt;
import io.evenkeel.client.TestClients;
import io.evenkeel.client.TestCoordinator;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models have the same bits, whether downloaded whole or as updates. */
class ModelDownloaderTest {

    private final List<ModelKind> kinds = new ArrayList<>();
    private final List<Long> sizes = new ArrayList<>();
    private final ClientListener listener = new ClientListener() {
        @Override
        public void modelFetched(int round, ModelKind kind, long bytes) {
            kinds.add(kind);
            sizes.add(bytes);
        }
    };

    @ParameterizedTest
    @CsvSource({
        "EF21, normalized",
        "EF21, layerwise-normalized",
        "EF21_MOMENTUM, accumulated-norm",
        "EF14, plain",
        "NONE, normalized"
    })
    void updatesGiveTheSameBitsAsTheWholeModel(FeedbackMethod method, String step) throws InterruptedException {
        List<float[]> sparse = models(run(method, step, "top-k:3"), true);
        assertThat(kinds).hasSize(30).contains(ModelKind.UPDATE).doesNotContain(ModelKind.DENSE);

        List<float[]> whole = models(run(method, step, "top-k:3"), false);
        assertThat(kinds).containsOnly(ModelKind.DENSE);

        assertThat(sparse).hasSize(30);
        for (int k = 0; k < 30; k++) {
            assertThat(sparse.get(k)).as("round %d", k).isEqualTo(whole.get(k));
        }
    }

    @Test
    void downloadsAReplicaAtOnceIfItIsAlmostFree() throws InterruptedException {
        models(run(FeedbackMethod.EF21, "normalized", "top-k:3"), true);
        assertThat(kinds.get(0)).isEqualTo(ModelKind.REPLICA);
        assertThat(kinds.subList(1, 30)).containsOnly(ModelKind.UPDATE);
    }

    @Test
    void downloadsAReplicaWhenUpdatesWouldHaveSavedItsCost() throws InterruptedException {
        TestCoordinator coordinator = run(FeedbackMethod.EF21, "normalized", "top-k:3");
        coordinator.close();
        MemoryStateStore store = new MemoryStateStore();
        train(coordinator, store, 1);
        kinds.clear();
        sizes.clear();

        train(coordinator, store, 28);

        int bought = kinds.indexOf(ModelKind.REPLICA);
        assertThat(bought).isBetween(3, 15);
        assertThat(kinds.subList(0, bought)).containsOnly(ModelKind.DENSE);
        assertThat(kinds.subList(bought + 1, kinds.size())).containsOnly(ModelKind.UPDATE);
        assertThat(Collections.max(sizes.subList(bought + 1, sizes.size()))).isLessThan(sizes.get(0));
    }

    @Test
    void downloadsTheWholeModelIfUpdatesAreLarger() throws InterruptedException {
        models(run(FeedbackMethod.EF21, "normalized", "identity"), true);
        assertThat(kinds.get(0)).isEqualTo(ModelKind.REPLICA);
        assertThat(kinds.subList(1, 30)).containsOnly(ModelKind.DENSE);
    }

    @Test
    void downloadsTheWholeModelIfUpdatesAreNoLongerKept() throws InterruptedException {
        TestCoordinator coordinator = run(FeedbackMethod.EF21, "normalized", "top-k:3");
        coordinator.updatesKept = false;
        models(coordinator, true);
        assertThat(kinds.subList(1, 30)).containsOnly(ModelKind.DENSE);
    }

    @Test
    void givesDoublePrecisionOnRequest() throws InterruptedException {
        TestCoordinator coordinator = run(FeedbackMethod.EF21, "normalized", "top-k:3");
        List<double[]> expected = new ArrayList<>();
        List<double[]> seen = new ArrayList<>();
        for (boolean updates : new boolean[] {true, false}) {
            TestCoordinator run = updates ? coordinator : run(FeedbackMethod.EF21, "normalized", "top-k:3");
            try (EvenkeelClient client = TestClients.on(run, new MemoryStateStore())
                    .doublePrecision(true)
                    .sparseUpdates(updates)
                    .build()) {
                client.train(model -> {
                    expected.add(run.x());
                    seen.add(model.toDoubles());
                    return Problems.bowl(1).compute(model);
                });
            }
        }
        assertThat(seen)
                .hasSize(60)
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"normalized, top-k:2+natural", "fedadam, rand-k:3", "plain, top-k:2+log:5"})
    void deltasOfALossyDownlinkGiveTheSameBitsAsTheWholeModel(String step, String downlink)
            throws InterruptedException {
        List<float[]> followed =
                models(run(FeedbackMethod.EF21, step, "top-k:3").lossy(downlink), true);
        assertThat(kinds.get(0)).isEqualTo(ModelKind.DENSE);
        assertThat(kinds.subList(1, 30)).containsOnly(ModelKind.UPDATE);
        assertThat(Collections.max(sizes.subList(1, 30))).isLessThan(sizes.get(0) / 3);

        List<float[]> whole = models(run(FeedbackMethod.EF21, step, "top-k:3").lossy(downlink), false);
        assertThat(kinds).containsOnly(ModelKind.DENSE);

        for (int k = 0; k < 30; k++) {
            assertThat(followed.get(k)).as("round %d", k).isEqualTo(whole.get(k));
        }
    }

    @Test
    void downloadsTheWholeModelIfDeltasAreLargerOrNotKept() throws InterruptedException {
        models(run(FeedbackMethod.EF21, "normalized", "top-k:3").lossy("identity+float64"), true);
        assertThat(kinds).containsOnly(ModelKind.DENSE);

        TestCoordinator pruned =
                run(FeedbackMethod.EF21, "normalized", "top-k:3").lossy("top-k:2");
        pruned.updatesKept = false;
        models(pruned, true);
        assertThat(kinds).containsOnly(ModelKind.DENSE);
    }

    @Test
    void givesTheModelOfALossyDownlinkAsDoublesOfTheSameValues() throws InterruptedException {
        List<double[]> doubles = new ArrayList<>();
        try (EvenkeelClient client = TestClients.on(
                        run(FeedbackMethod.EF21, "normalized", "top-k:3").lossy("top-k:2+natural"),
                        new MemoryStateStore())
                .doublePrecision(true)
                .listener(listener)
                .build()) {
            client.train(model -> {
                doubles.add(model.toDoubles());
                return Problems.bowl(1).compute(model);
            });
        }
        assertThat(sizes.get(0)).isEqualTo(4L * TestCoordinator.LAYOUT.dimension());
        List<float[]> floats =
                models(run(FeedbackMethod.EF21, "normalized", "top-k:3").lossy("top-k:2+natural"), true);
        for (int k = 0; k < 30; k++) {
            for (int j = 0; j < TestCoordinator.LAYOUT.dimension(); j++) {
                assertThat(doubles.get(k)[j]).isEqualTo(floats.get(k)[j]);
            }
        }
    }

    @Test
    void theResultOfARunWithALossyDownlinkIsTheCoordinatorsModel() throws InterruptedException {
        TestCoordinator coordinator =
                run(FeedbackMethod.EF21, "normalized", "top-k:3").lossy("top-k:1");
        try (EvenkeelClient client =
                TestClients.on(coordinator, new MemoryStateStore()).build()) {
            client.train(Problems.bowl(1));
            Model result = client.model(30);
            for (int j = 0; j < result.dimension(); j++) {
                assertThat(result.get(j)).isEqualTo((float) coordinator.x()[j]);
            }
            assertThat(result.toFloats()).isNotEqualTo(coordinator.models.get(30));
        }
    }

    private static TestCoordinator run(FeedbackMethod method, String step, String compressor) {
        return new TestCoordinator(method, step, compressor, 30);
    }

    private List<float[]> models(TestCoordinator coordinator, boolean updates) throws InterruptedException {
        kinds.clear();
        sizes.clear();
        List<float[]> models = new ArrayList<>();
        try (EvenkeelClient client = TestClients.on(coordinator, new MemoryStateStore())
                .sparseUpdates(updates)
                .listener(listener)
                .build()) {
            client.train(model -> {
                models.add(model.toFloats());
                return Problems.bowl(1).compute(model);
            });
        }
        return models;
    }

    private void train(TestCoordinator coordinator, MemoryStateStore store, int rounds) throws InterruptedException {
        EvenkeelClient[] self = new EvenkeelClient[1];
        ClientListener stopping = new ClientListener() {
            private int accepted;

            @Override
            public void modelFetched(int round, ModelKind kind, long bytes) {
                listener.modelFetched(round, kind, bytes);
            }

            @Override
            public void messageAccepted(Receipt receipt) {
                if (++accepted == rounds) {
                    self[0].stop();
                }
            }
        };
        self[0] = TestClients.on(coordinator, store).listener(stopping).build();
        try (EvenkeelClient client = self[0]) {
            client.train(Problems.bowl(1));
        }
    }
}
