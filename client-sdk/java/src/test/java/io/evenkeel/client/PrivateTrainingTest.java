package io.evenkeel.client;

import static io.evenkeel.client.TestCoordinator.LAYOUT;
import static io.evenkeel.client.TestCoordinator.RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.client.internal.device.PrivacyLimit;
import io.evenkeel.client.internal.state.PrivacyLedger;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.privacy.GaussianMechanism;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.privacy.NoiseGrid;
import io.evenkeel.core.privacy.PrivacyCost;
import io.evenkeel.core.privacy.RenyiAccountant;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrivateTrainingTest {

    private static final String MECHANISM = "smoothed:1.0:0.5:20.0";
    private static final double DELTA = 1e-6;
    private static final PrivacyCost ONE = GaussianMechanism.parse(MECHANISM).cost();
    private static final long SEED = Long.MIN_VALUE + 7;

    private final MemoryStateStore store = new MemoryStateStore();
    private final List<Double> spent = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();

    private final ClientListener listener = new ClientListener() {
        @Override
        public void privacySpent(long messages, double epsilon, double delta) {
            assertThat(messages).isEqualTo(spent.size() + 1);
            spent.add(epsilon);
        }

        @Override
        public void waiting(String reason) {
            reasons.add(reason);
        }
    };

    private static TestCoordinator run(FeedbackMethod method, String compressor, int rounds, @Nullable Double epsilon) {
        TestCoordinator run = new TestCoordinator(method, "normalized", compressor, rounds);
        Map<String, Object> privacy = new HashMap<>(Map.of("by", "device", "mechanism", MECHANISM, "delta", DELTA));
        if (epsilon != null) {
            privacy.put("epsilon", epsilon);
        }
        run.privacy = privacy;
        return run;
    }

    private RunOutcome train(TestCoordinator run, GradientFunction gradient) throws InterruptedException {
        try (EvenkeelClient client = TestClients.on(run, store)
                .listener(listener)
                .evaluation(model -> Map.of("accuracy", 0.5))
                .build()) {
            return client.train(gradient);
        }
    }

    private static Gradient reporting(Model model) {
        return Gradient.of(new double[LAYOUT.dimension()], 37, 0.25).withMetrics(Map.of("seen", 3.0));
    }

    @ParameterizedTest
    @EnumSource(
            value = FeedbackMethod.class,
            names = {"EF21", "EF21_MOMENTUM", "EF21_IGT", "EF21_STORM", "NONE"})
    void sendsNoiseOnTheGridAndNoFiguresAndAddsTheNoiseToItsState(FeedbackMethod method) throws InterruptedException {
        TestCoordinator run = run(method, "identity", 4, null);
        train(run, GradientFunction.onSample(round -> round, (model, round) -> reporting(model)));

        NoiseGrid grid = GaussianMechanism.parse(MECHANISM).grid(CompressorSpec.parse("identity"));
        assertThat(run.messages).hasSize(4);
        double[] g = new double[LAYOUT.dimension()];
        double squares = 0;
        for (Message message : run.messages) {
            assertThat(message.report()).isEqualTo(Report.of(1));
            message.delta().addTo(g, 1);
            for (double value : message.delta().toDense()) {
                assertThat(grid.contains(value)).isTrue();
                squares += value * value / (4 * LAYOUT.dimension());
            }
        }
        // The standard deviation is 20 * 0.5, of 228 values.
        assertThat(Math.sqrt(squares)).isCloseTo(10, within(2.5));
        if (method.retainsSum()) {
            assertThat(TestClients.g(run, store)).isEqualTo(g);
        }
        assertThat(spent).hasSize(4);
        assertThat(spent.get(3)).isEqualTo(RenyiAccountant.epsilon(10, 4, DELTA));
    }

    private static TestCoordinator trusted(FeedbackMethod method, int rounds) {
        TestCoordinator run = run(method, "identity", rounds, null);
        run.privacy = Map.of("by", "coordinator", "mechanism", MECHANISM, "delta", DELTA);
        return run;
    }

    @ParameterizedTest
    @EnumSource(
            value = FeedbackMethod.class,
            names = {"EF21", "EF21_STORM", "NONE"})
    void sendsNoNoiseIfTheCoordinatorAddsItButStaysWithinTheBound(FeedbackMethod method) throws InterruptedException {
        TestCoordinator run = trusted(method, 3);
        double[] gradient = new double[LAYOUT.dimension()];
        Arrays.fill(gradient, 1e3);
        train(
                run,
                GradientFunction.onSample(round -> round, (model, round) -> Gradient.of(gradient.clone(), 37, 0.25)));

        NoiseGrid grid =
                GaussianMechanism.parse(MECHANISM).grid(CompressorSpec.parse("identity"), NoiseAdder.COORDINATOR);
        assertThat(run.messages).hasSize(3);
        for (Message message : run.messages) {
            assertThat(message.report()).isEqualTo(Report.of(1));
            assertThat(grid.bounds(message.delta())).isTrue();
            assertThat(message.delta().toDense()).containsOnly(message.delta().value(0));
        }
        assertThat(run.messages.get(0).delta().value(0))
                .isCloseTo(0.5 / Math.sqrt((double) LAYOUT.dimension()), within(1e-4));
        assertThat(spent.get(2)).isEqualTo(RenyiAccountant.epsilon(10, 3, DELTA));
    }

    @Test
    void aDeviceWithALimitTrustsACoordinatorOnlyIfTheAppSaysSo() throws InterruptedException {
        TestCoordinator run = trusted(FeedbackMethod.EF21, 2);
        try (EvenkeelClient client =
                TestClients.on(run, store).privacyLimit(8, DELTA).build()) {
            assertThatThrownBy(() -> client.train(PrivateTrainingTest::reporting))
                    .isInstanceOf(EvenkeelException.class)
                    .hasMessageContaining("privacy.by coordinator")
                    .hasMessageContaining("nothing was sent");
        }
        assertThat(run.messages).isEmpty();
        try (EvenkeelClient client = TestClients.on(run, store)
                .trustCoordinator()
                .privacyLimit(8, DELTA)
                .build()) {
            client.train(PrivateTrainingTest::reporting);
        }
        assertThat(run.messages).hasSize(2);
    }

    @Test
    void refusesAnUnknownNoiseAdder() {
        TestCoordinator run = run(FeedbackMethod.EF21, "identity", 4, null);
        run.privacy = Map.of("by", "shuffler", "mechanism", MECHANISM, "delta", DELTA);
        assertThatThrownBy(() -> train(run, PrivateTrainingTest::reporting))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("is 'shuffler', expected device or coordinator");
    }

    @Test
    void drawsTheCoordinatesFromASeedThatAllDevicesShare() throws InterruptedException {
        TestCoordinator run = run(FeedbackMethod.EF21, "rand-k:5", 2, null);
        train(run, PrivateTrainingTest::reporting);
        for (int round = 0; round < 2; round++) {
            assertThat(run.messages.get(round).delta().support())
                    .isInstanceOfSatisfying(
                            Support.Seeded.class,
                            support -> assertThat(support.seed())
                                    .isIn(SplitMix64.derive(SEED, 0), SplitMix64.derive(SEED, 1)));
        }
    }

    @Test
    void doesNotTakePartWhenTheBudgetIsSpent() throws InterruptedException {
        double two = RenyiAccountant.epsilon(10, 2, DELTA);
        TestCoordinator run = run(FeedbackMethod.EF21, "identity", 5, two * 1.01);
        RunOutcome outcome = train(run, PrivateTrainingTest::reporting);

        assertThat(outcome.end()).isEqualTo(RunOutcome.End.FINISHED);
        assertThat(run.messages).hasSize(2);
        assertThat(spent).hasSize(2);
        assertThat(reasons)
                .filteredOn(reason -> reason.contains("privacy budget"))
                .hasSize(1);
    }

    @Test
    void aDevicesOwnLimitHoldsRegardlessOfThePlan() throws InterruptedException {
        double two = RenyiAccountant.epsilon(10, 2, 1e-9);
        TestCoordinator run = run(FeedbackMethod.EF21, "identity", 5, null);
        try (EvenkeelClient client =
                TestClients.on(run, store).privacyLimit(two * 1.01, 1e-9).build()) {
            client.train(PrivateTrainingTest::reporting);
        }
        assertThat(run.messages).hasSize(2);
    }

    @Test
    void aDeviceWithALimitSendsNothingInARunWithoutPrivacyOrWithTooLittle() {
        TestCoordinator open = new TestCoordinator(FeedbackMethod.EF21, "normalized", "identity", 2);
        TestCoordinator weak = run(FeedbackMethod.EF21, "identity", 2, null);
        for (TestCoordinator run : List.of(open, weak)) {
            assertThatThrownBy(() -> {
                        try (EvenkeelClient client = TestClients.on(run, new MemoryStateStore())
                                .privacyLimit(0.01, DELTA)
                                .build()) {
                            client.train(PrivateTrainingTest::reporting);
                        }
                    })
                    .isInstanceOf(EvenkeelException.class)
                    .hasMessageContaining(run == open ? "has no privacy" : "too little noise")
                    .hasMessageContaining("nothing was sent");
            assertThat(run.messages).isEmpty();
        }
        assertThatThrownBy(() -> TestClients.on(open, store).privacyLimit(0, DELTA))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("epsilon is 0.0");
        assertThatThrownBy(() -> TestClients.on(open, store).privacyLimit(1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("delta is 1.0");
    }

    @Test
    void aRefusedMessageCountsAsSent() throws InterruptedException {
        TestCoordinator run = run(FeedbackMethod.EF21, "identity", 4, null);
        run.closeBeforeNextMessage = true;
        RunOutcome outcome = train(run, PrivateTrainingTest::reporting);

        assertThat(outcome.refused()).isEqualTo(1);
        assertThat(outcome.accepted()).isEqualTo(3);
        assertThat(PrivacyLedger.open(store, RUN, ONE, 0).messages()).isEqualTo(4);
    }

    @Test
    void aDeviceThatLostItsDiskCountsTheAcceptedMessages() {
        PrivacyLedger ledger = PrivacyLedger.open(store, RUN, ONE, 7);
        assertThat(ledger.messages()).isEqualTo(7);
        assertThat(ledger.add()).isEqualTo(8);
        assertThat(PrivacyLedger.open(store, RUN, ONE, 3).messages()).isEqualTo(8);
    }

    /** The coordinator can obtain more messages only through other runs. */
    @Test
    void aDevicesOwnLimitHoldsForAllItsRunsTogether() {
        PrivacyLimit limit = new PrivacyLimit(RenyiAccountant.epsilon(10, 4, DELTA), DELTA, false);
        int sent = 0;
        for (String run : List.of("a", "b", "c", "d")) {
            for (int round = 0; round < 4; round++) {
                PrivacyLedger ledger = PrivacyLedger.open(store, run, ONE, 0);
                if (limit.allows(ledger.totalWithOneMore())) {
                    ledger.add();
                    sent++;
                }
            }
        }
        assertThat(sent).isEqualTo(4);
    }

    @Test
    void aPlanThatClaimsMoreNoiseLaterDoesNotLowerTheSpentPrivacy() {
        PrivacyLimit limit = new PrivacyLimit(RenyiAccountant.epsilon(10, 2, DELTA) * 1.01, DELTA, false);
        PrivacyLedger ledger = PrivacyLedger.open(store, RUN, ONE, 0);
        ledger.add();
        ledger.add();
        PrivacyCost claimed = GaussianMechanism.parse("clip:0.5:2000.0").cost();
        assertThat(limit.allows(claimed)).isTrue();
        assertThat(limit.allows(PrivacyLedger.open(store, RUN, claimed, 0).totalWithOneMore()))
                .isTrue();
        assertThat(limit.allows(PrivacyLedger.open(store, RUN, ONE, 0).totalWithOneMore()))
                .isFalse();
    }

    @Test
    void refusesAnUnknownMechanism() {
        TestCoordinator run = run(FeedbackMethod.EF21, "identity", 4, null);
        run.privacy = Map.of("by", "device", "mechanism", "laplace:1:1", "delta", DELTA);
        assertThatThrownBy(() -> train(run, PrivateTrainingTest::reporting))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("a plan that this client cannot follow")
                .hasMessageContaining("update the client");
    }

    @Test
    void refusesToChooseCoordinatesByTheirValues() {
        TestCoordinator run = run(FeedbackMethod.EF21, "top-k:3", 4, null);
        assertThatThrownBy(() -> train(run, PrivateTrainingTest::reporting))
                .hasMessageContaining("reveals information about the data");
        assertThat(run.messages).isEmpty();
    }
}
