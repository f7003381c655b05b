package io.evenkeel.client;

import static io.evenkeel.client.TestCoordinator.LAYOUT;
import static io.evenkeel.client.TestCoordinator.RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.client.CrashingStateStore.Crash;
import io.evenkeel.client.DirectTransport.Fate;
import io.evenkeel.client.internal.state.PrivacyLedger;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.GaussianMechanism;
import io.evenkeel.core.privacy.RenyiAccountant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that a device in runs with privacy and secure aggregation adds its share of the noise only to its words. */
class SecurePrivateTrainingTest {

    private static final String MECHANISM = "clip:0.5:2.0";
    private static final double DELTA = 1e-6;
    private static final int D = LAYOUT.dimension();

    /** As in the plan of {@link TestCohort}. */
    private static final CohortNoise NOISE = CohortNoise.of(GaussianMechanism.parse(MECHANISM), -20, 5, 10, 0.05, D);

    private final MemoryStateStore disk = new MemoryStateStore();
    private final List<Double> spent = new ArrayList<>();

    private final ClientListener listener = new ClientListener() {
        @Override
        public void privacySpent(long messages, double epsilon, double delta) {
            assertThat(messages).isEqualTo(spent.size() + 1);
            spent.add(epsilon);
        }
    };

    private static TestCoordinator run(FeedbackMethod method) {
        TestCoordinator run = SecureTrainingTest.run(method, 100);
        run.privacy = Map.of("by", "device", "mechanism", MECHANISM, "delta", DELTA);
        return run;
    }

    private RunOutcome train(TestCoordinator run) throws InterruptedException {
        try (EvenkeelClient client =
                SecureTrainingTest.on(run, disk).listener(listener).build()) {
            return client.train(
                    GradientFunction.onSample(round -> round, (model, round) -> Gradient.of(new double[D], 37, 0.25)));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FeedbackMethod.class,
            names = {"EF21", "EF21_MOMENTUM", "EF21_IGT", "EF21_STORM", "NONE"})
    void addsNoiseToItsWordsAndReportsNoLossAndKeepsItsStateWithoutNoise(FeedbackMethod method)
            throws InterruptedException {
        TestCoordinator run = run(method);
        RunOutcome outcome = train(run);

        assertThat(outcome.accepted()).isEqualTo(7);
        List<int[]> words = SecureTrainingTest.cohort(run).unmasked;
        assertThat(words).hasSize(7);
        double squares = 0;
        for (int[] vector : words) {
            assertThat(vector).hasSize(D + 2);
            assertThat(Arrays.copyOfRange(vector, D, D + 2)).containsExactly(0, 0);
            squares += Arrays.stream(vector)
                    .mapToDouble(word -> (double) word * word)
                    .sum();
        }
        // Gradients are zero, so the words are noise.
        double share = NOISE.grid().deviation();
        assertThat(Math.sqrt(squares / (7 * D))).isCloseTo(share, within(0.25 * share));
        if (method.retainsSum()) {
            assertThat(SecureTrainingTest.saved(run, disk).feedback().vectors().get(0))
                    .containsOnly(0);
        }
        assertThat(spent).hasSize(7);
        assertThat(spent.get(6)).isEqualTo(RenyiAccountant.epsilon(1, 7, DELTA));
    }

    @ParameterizedTest
    @CsvSource({"keys, 0", "shares, 0", "masked, 1"})
    void countsAVectorBeforeItIsSentAndTheNextOneAfterARestart(String step, long counted) throws InterruptedException {
        TestCoordinator run = run(FeedbackMethod.EF21);
        DirectTransport link = new DirectTransport(
                run,
                request -> request.uri().getPath().endsWith("/" + step + "/me")
                                && request.method().equals("PUT")
                        ? Fate.DEVICE_DIES_BEFORE
                        : Fate.DELIVERED);
        assertThatThrownBy(() -> TestClients.train(SecureTrainingTest.on(link, disk)))
                .isInstanceOf(Crash.class);
        assertThat(spent()).isEqualTo(counted);

        TestClients.train(SecureTrainingTest.on(run, disk));

        assertThat(spent()).isEqualTo(7 + counted);
    }

    private static ClientListener endingWhenTheBudgetIsSpent(TestCoordinator run) {
        return new ClientListener() {
            @Override
            public void waiting(String reason) {
                if (reason.contains("budget")) {
                    while (run.round < run.rounds) {
                        run.close();
                    }
                }
            }
        };
    }

    private long spent() {
        return PrivacyLedger.open(disk, RUN, NOISE.cost(), 0).messages();
    }

    @Test
    void countsTheVectorOfEachAttempt() throws InterruptedException {
        TestCoordinator run = run(FeedbackMethod.EF21);
        SecureTrainingTest.cohort(run).endsAt.addAll(List.of("masked", "included", "included"));
        RunOutcome outcome = train(run);

        assertThat(outcome.accepted()).isEqualTo(7);
        assertThat(SecureTrainingTest.cohort(run).taken).contains("0/3/reveals");
        assertThat(spent).hasSize(7 + 3);
    }

    /**
     * In each attempt the neighbours reveal, but the coordinator reports to the device that the attempt failed. If the
     * device used the same noise in all sums, their mean would be its message plus only its own noise.
     */
    @Test
    void aCoordinatorThatRepeatsAttemptsGetsFewSumsAndOtherNoiseInEach() throws InterruptedException {
        TestCoordinator run = run(FeedbackMethod.NONE);
        TestCohort cohort = SecureTrainingTest.cohort(run);
        cohort.endsAt.addAll(Collections.nCopies(16, "included"));
        RunOutcome outcome = train(run);

        assertThat(outcome.refused()).as("round 0").isEqualTo(1);
        assertThat(cohort.taken).contains("0/9/masked").doesNotContain("0/10/masked", "0/10/keys");
        assertThat(cohort.stolen).hasSize(16).doesNotHaveDuplicates();
        assertThat(spent()).isEqualTo(16 + outcome.accepted());
        double share = NOISE.grid().deviation();
        for (int[] words : cohort.stolen) {
            double most = Arrays.stream(words, 0, D)
                    .mapToDouble(word -> Math.abs(word / share))
                    .max()
                    .orElseThrow();
            assertThat(most).as("gradients are zero, so the words are noise").isBetween(0.3, 8.0);
        }
    }

    @Test
    void aCoordinatorThatRepeatsAttemptsGetsNoMoreSumsThanTheBudgetAllows() throws InterruptedException {
        TestCoordinator run = run(FeedbackMethod.NONE);
        TestCohort cohort = SecureTrainingTest.cohort(run);
        cohort.endsAt.addAll(Collections.nCopies(16, "included"));
        try (EvenkeelClient client = SecureTrainingTest.on(run, disk)
                .privacyLimit(RenyiAccountant.epsilon(1, 4, DELTA), DELTA)
                .listener(endingWhenTheBudgetIsSpent(run))
                .build()) {
            client.train(model -> Gradient.of(new double[D]));
        }
        assertThat(cohort.stolen).hasSize(4);
    }

    @Test
    void doesNotTakePartOnceTheBudgetIsSpent() throws InterruptedException {
        TestCoordinator run = run(FeedbackMethod.EF21);
        run.privacy = Map.of(
                "by",
                "device",
                "mechanism",
                MECHANISM,
                "delta",
                DELTA,
                "epsilon",
                RenyiAccountant.epsilon(1, 2, DELTA));
        try (EvenkeelClient client = SecureTrainingTest.on(run, disk)
                .listener(endingWhenTheBudgetIsSpent(run))
                .build()) {
            client.train(model -> Gradient.of(new double[D]));
        }
        assertThat(SecureTrainingTest.cohort(run).unmasked).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "coordinator, clip:0.5:2.0, privacy.by coordinator",
        "device, clip:0.5:1e4, does not fit into 32 bits",
        "device, clip:0.000001:1.0, expected at least 3 steps of noise",
    })
    void refusesNoiseThatItCannotAdd(String by, String mechanism, String expected) {
        TestCoordinator run = run(FeedbackMethod.EF21);
        run.privacy = Map.of("by", by, "mechanism", mechanism, "delta", DELTA);
        assertThatThrownBy(() -> train(run))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining(expected);
        assertThat(SecureTrainingTest.cohort(run).taken).isEmpty();
    }

    @Test
    void aDeviceThatLostItsStateDoesNotRestartItsCount() throws InterruptedException {
        TestCoordinator run = run(FeedbackMethod.EF21);
        train(run);
        SavedDevice.forget(disk, RUN);
        assertThatThrownBy(() -> train(run))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("restart the count of its spent privacy");
    }
}
