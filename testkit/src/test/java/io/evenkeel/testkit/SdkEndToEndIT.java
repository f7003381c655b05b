package io.evenkeel.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.ClientBuilder;
import io.evenkeel.client.ClientListener;
import io.evenkeel.client.ClientListener.ModelKind;
import io.evenkeel.client.EvaluationFunction;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.FileStateStore;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.MemoryStateStore;
import io.evenkeel.client.Model;
import io.evenkeel.client.Receipt;
import io.evenkeel.client.RunOutcome;
import io.evenkeel.client.RunOutcome.End;
import io.evenkeel.client.RunPlan;
import io.evenkeel.client.SavedDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.testkit.device.DeviceApi;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.process.JavaLaunch;
import io.evenkeel.tools.process.LocalCoordinator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices and the real coordinator over real HTTP: losses do not change the bits of the result. */
class SdkEndToEndIT {

    private static final int DIMENSION = 600;
    private static final int ROUNDS = 24;
    private static final int DEVICES = 3;

    @TempDir
    private static Path folder = Path.of("");

    private static LocalCoordinator coordinator;
    private static OperatorApi operator;
    /** The kinds of model downloads by run and device. */
    private static final Map<String, List<ModelKind>> FETCHED = new ConcurrentHashMap<>();

    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    @BeforeAll
    static void start() {
        coordinator = LocalCoordinator.start(folder.resolve("coordinator"), JavaLaunch.QUICK);
        operator = new OperatorApi(coordinator.address(), coordinator.operatorToken());
    }

    @AfterAll
    static void stop() {
        THREADS.shutdownNow();
        coordinator.close();
    }

    /** A device's script: the rounds after which it restarts, and the settings of its client. */
    private record Part(int device, List<Integer> restartsAfter, Function<ClientBuilder, ClientBuilder> settings) {}

    @Test
    void lossesAndRestartsDoNotChangeTheModel() throws Exception {
        List<Part> calm = List.of(calm(0), calm(1), calm(2));
        List<Part> rough = List.of(
                calm(0),
                new Part(1, List.of(), b -> b.transport(new LossyTransport(Set.of(4, 11), Set.of(2, 7, 15)))),
                new Part(2, List.of(1, 5, 9), Function.identity()));

        train("calm", "ef21-sgdm-norm", calm);
        train("rough", "ef21-sgdm-norm", rough);

        assertThat(operator.model("rough", ROUNDS)).isEqualTo(operator.model("calm", ROUNDS));
        for (int device = 0; device < DEVICES; device++) {
            try (FileStateStore store = FileStateStore.open(stateOf("rough", device))) {
                SavedDevice saved = SavedDevice.in(store);
                assertThat(saved.position("rough", FeedbackMethod.EF21_MOMENTUM, DIMENSION)
                                .vectors()
                                .get(0))
                        .isEqualTo(stateAtCoordinator(saved, "rough"));
            }
        }
    }

    @Test
    void sparseUpdatesGiveTheSameBitsAsWholeModels() throws Exception {
        List<float[]> sparse = new ArrayList<>();
        List<float[]> whole = new ArrayList<>();
        train(
                "sparse",
                "ef21-norm",
                List.of(
                        new Part(0, List.of(), b -> b.evaluation(remember(sparse))),
                        new Part(1, List.of(), b -> b.sparseUpdates(false).evaluation(remember(whole))),
                        calm(2)));

        assertThat(FETCHED.get("sparse-0"))
                .hasSize(ROUNDS)
                .startsWith(ModelKind.REPLICA, ModelKind.UPDATE)
                .doesNotContain(ModelKind.DENSE);
        assertThat(sparse)
                .hasSize(ROUNDS)
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(whole);
    }

    private static EvaluationFunction remember(List<float[]> models) {
        return model -> {
            models.add(model.toFloats());
            return Map.of();
        };
    }

    @Test
    void aLostDiskIsRecoveredFromTheCoordinator() throws Exception {
        MemoryStateStore replacement = new MemoryStateStore();
        String run = "lost-disk";
        String token = create(run, "ef21-norm");
        List<CompletableFuture<RunOutcome>> others = new ArrayList<>();
        others.add(begin(run, token, calm(0)));
        others.add(begin(run, token, calm(1)));
        CompletableFuture<RunOutcome> first = begin(run, token, new Part(2, List.of(6, -1), Function.identity()));
        operator.start(run);
        assertThat(first.get().end()).isEqualTo(End.STOPPED);

        try (FileStateStore lost = FileStateStore.open(stateOf(run, 2))) {
            SavedDevice saved = SavedDevice.in(lost);
            try (EvenkeelClient client = EvenkeelClient.builder(coordinator.address())
                    .run(run)
                    .credentials(saved.client(), saved.secret())
                    .stateStore(replacement)
                    .build()) {
                assertThat(client.train(model -> bowl(2, model)).accepted()).isEqualTo(ROUNDS - 6);
            }
            for (CompletableFuture<RunOutcome> other : others) {
                assertThat(other.get().end()).isEqualTo(End.FINISHED);
            }
            replacement.write("credentials", out -> out.write(Objects.requireNonNull(lost.read("credentials"))));
            assertThat(SavedDevice.in(replacement)
                            .position(run, FeedbackMethod.EF21, DIMENSION)
                            .vectors()
                            .get(0))
                    .isEqualTo(stateAtCoordinator(saved, run));
        }
    }

    private static Part calm(int device) {
        return new Part(device, List.of(), Function.identity());
    }

    private static void train(String run, String algorithm, List<Part> parts) throws Exception {
        String token = create(run, algorithm);
        List<CompletableFuture<RunOutcome>> outcomes = new ArrayList<>();
        for (Part part : parts) {
            outcomes.add(begin(run, token, part));
        }
        operator.start(run);
        for (CompletableFuture<RunOutcome> outcome : outcomes) {
            assertThat(outcome.get().end()).isEqualTo(End.FINISHED);
        }
    }

    private static String create(String run, String algorithm) {
        operator.createRun(Map.of(
                "name",
                run,
                "dimension",
                DIMENSION,
                "algorithm",
                algorithm,
                "compressor",
                "top-k:6",
                "gamma",
                "anytime:1:0.5",
                "rounds",
                ROUNDS,
                "participants",
                Map.of("min", DEVICES),
                "time",
                Map.of("max", "PT10M")));
        return operator.createEnrolmentToken(DEVICES, run);
    }

    /** Starts a device and returns when it has joined; the order of joining is the order of summation. */
    private static CompletableFuture<RunOutcome> begin(String run, String token, Part part)
            throws InterruptedException {
        CountDownLatch joined = new CountDownLatch(1);
        CompletableFuture<RunOutcome> outcome = new CompletableFuture<>();
        THREADS.execute(() -> {
            try {
                outcome.complete(live(run, token, part, joined));
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
                joined.countDown();
            }
        });
        joined.await();
        return outcome;
    }

    /** Trains to the end with the script's restarts; after a restart of -1 the device stays stopped. */
    private static RunOutcome live(String run, String token, Part part, CountDownLatch joined)
            throws InterruptedException {
        for (int accepted : part.restartsAfter()) {
            if (accepted < 0) {
                return new RunOutcome(run, End.STOPPED, 0, 0, 0);
            }
            train(run, token, part, joined, accepted);
        }
        return train(run, token, part, joined, Integer.MAX_VALUE);
    }

    private static RunOutcome train(String run, String token, Part part, CountDownLatch joined, int stopAfter)
            throws InterruptedException {
        EvenkeelClient[] self = new EvenkeelClient[1];
        ClientListener listener = new ClientListener() {
            private int accepted;

            @Override
            public void joined(RunPlan plan, long sequence) {
                joined.countDown();
            }

            @Override
            public void modelFetched(int round, ModelKind kind, long bytes) {
                FETCHED.computeIfAbsent(run + "-" + part.device(), key -> new CopyOnWriteArrayList<>())
                        .add(kind);
            }

            @Override
            public void messageAccepted(Receipt receipt) {
                if (++accepted == stopAfter) {
                    self[0].stop();
                }
            }
        };
        ClientBuilder builder = EvenkeelClient.builder(coordinator.address())
                .run(run)
                .enrolmentToken(token)
                .weight(part.device() + 1)
                .stateFolder(stateOf(run, part.device()))
                .listener(listener);
        self[0] = part.settings().apply(builder).build();
        try (EvenkeelClient client = self[0]) {
            return client.train(model -> bowl(part.device(), model));
        } finally {
            joined.countDown();
        }
    }

    private static Gradient bowl(int device, Model model) {
        double[] gradient = model.toDoubles();
        for (int j = 0; j < gradient.length; j++) {
            gradient[j] = (1 + j % 3) * (gradient[j] - StrictMath.cos(device + j * 0.7));
        }
        return Gradient.of(gradient, 10, 1);
    }

    private static Path stateOf(String run, int device) {
        return folder.resolve(run + "-" + device);
    }

    /** Returns the coordinator's g_i of a device. */
    private static double[] stateAtCoordinator(SavedDevice device, String run) {
        return new DeviceApi(coordinator.address(), device, run).state(DIMENSION);
    }
}
