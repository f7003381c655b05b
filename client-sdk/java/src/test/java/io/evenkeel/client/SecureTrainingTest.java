package io.evenkeel.client;

import static io.evenkeel.client.TestCoordinator.RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.client.internal.state.DeviceState;
import io.evenkeel.client.internal.state.RoundMarkers;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.secagg.OwnerKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A device in runs with secure aggregation, whose coordinator is honest. */
class SecureTrainingTest {

    private static final int ROUNDS = 7;

    private final MemoryStateStore disk = new MemoryStateStore();
    private final List<String> events = new ArrayList<>();
    private TestCoordinator run = run(FeedbackMethod.EF21, 3);

    private final ClientListener listener = new ClientListener() {
        @Override
        public void cohortFormed(int round, int attempt, int members) {
            events.add(round + "/" + attempt + " of " + members);
        }

        @Override
        public void messageAccepted(Receipt receipt) {
            events.add(receipt.round() + " in");
        }

        @Override
        public void messageNotIncluded(int round) {
            events.add(round + " out");
        }

        @Override
        public void recovered(long sequence) {
            events.add("recovered " + sequence);
        }
    };

    static TestCoordinator run(FeedbackMethod feedback, int rebaseEvery) {
        TestCoordinator run = new TestCoordinator(feedback, "normalized", "identity", ROUNDS);
        run.cohort = new TestCohort(5, rebaseEvery);
        return run;
    }

    static TestCohort cohort(TestCoordinator run) {
        return Objects.requireNonNull(run.cohort);
    }

    static ClientBuilder on(TestCoordinator run, StateStore store) {
        return on(DirectTransport.reliable(run), store);
    }

    static ClientBuilder on(Transport transport, StateStore store) {
        return TestClients.on(transport, store)
                .secureAggregation(SecureAggregation.with(TestCohort.IDENTITY).minimumCohort(5));
    }

    private RunOutcome train() throws InterruptedException {
        return TestClients.train(on(run, disk).listener(listener));
    }

    static DeviceState saved(TestCoordinator run, StateStore store) {
        return DeviceState.open(
                store, RUN, run.member().client, run.feedback, TestCoordinator.LAYOUT.dimension(), cohort(run).rebase);
    }

    private void assertSameStateOnBothSides() {
        DeviceState saved = saved(run, disk);
        assertThat(saved.pending()).isNull();
        assertThat(saved.sequence()).isEqualTo(run.member().sequence);
        assertThat(saved.head()).isEqualTo(run.member().head);
        if (run.feedback.retainsSum()) {
            assertThat(saved.feedback().vectors().get(0)).isEqualTo(run.member().g);
        }
        assertThat(run.log).noneMatch(line -> line.contains("/messages/"));
        assertThat(cohort(run).revealsByRound().values()).allMatch(count -> count == 1);
    }

    @ParameterizedTest
    @EnumSource(
            value = FeedbackMethod.class,
            names = {"EF21", "EF21_MOMENTUM", "EF21_IGT", "EF21_STORM", "NONE"})
    void masksWhatItAddsToItsOwnState(FeedbackMethod method) throws InterruptedException {
        run = run(method, 3);
        RunOutcome outcome = train();

        assertThat(outcome.end()).isEqualTo(RunOutcome.End.FINISHED);
        assertThat(outcome.accepted()).isEqualTo(ROUNDS);
        assertThat(cohort(run).taken).hasSize(4 * ROUNDS);
        assertSameStateOnBothSides();
        assertThat(events.subList(0, 2)).containsExactly("0/0 of 5", "0 in");
    }

    @Test
    void sendsTheLossUnderTheMask() throws InterruptedException {
        Gradient gradient = Gradient.of(new double[TestCoordinator.LAYOUT.dimension()], 9, 0.25);
        try (EvenkeelClient client =
                on(run, disk).evaluation(model -> Map.of("accuracy", 1.0)).build()) {
            client.train(model -> gradient);
        }
        assertThat(cohort(run).losses).hasSize(ROUNDS);
        assertThat(cohort(run).losses.get(3).getAsDouble()).isCloseTo(0.25, within(1e-4));
        TestCoordinator without = run(FeedbackMethod.EF21, 3);
        try (EvenkeelClient client = on(without, new MemoryStateStore()).build()) {
            client.train(model -> Gradient.of(new double[TestCoordinator.LAYOUT.dimension()]));
        }
        assertThat(cohort(without).losses).hasSize(ROUNDS).allMatch(loss -> loss.isEmpty());
    }

    /** With momentum, the device keeps its other vectors across a rebase. */
    @Test
    void startsItsSumFromZeroInEachEpochAndKeepsItsMomentum() throws InterruptedException {
        run = run(FeedbackMethod.EF21_MOMENTUM, 1);
        train();
        assertSameStateOnBothSides();
        assertThat(saved(run, disk).feedback().vectors().get(1)).isNotEqualTo(run.member().g);
        assertThat(run.sum()[0]).as("the last cohort's sum only").isNotZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"keys", "shares", "masked", "included"})
    void masksTheSameMessageInTheNextAttempt(String step) throws InterruptedException {
        cohort(run).endsAt.addAll(List.of(step, step, step));
        RunOutcome outcome = train();

        assertThat(outcome.accepted()).isEqualTo(ROUNDS);
        assertThat(cohort(run).taken).contains("0/3/reveals");
        assertSameStateOnBothSides();
        TestCoordinator undisturbed = run(FeedbackMethod.EF21, 3);
        TestClients.train(on(undisturbed, new MemoryStateStore()));
        assertThat(run.x()).isEqualTo(undisturbed.x());
    }

    @Test
    void revealsOnceInARoundEvenIfTheAttemptFails() throws InterruptedException {
        cohort(run).endsAt.add("reveals");
        RunOutcome outcome = train();

        assertThat(outcome.accepted()).isEqualTo(ROUNDS - 1);
        assertThat(outcome.refused()).isEqualTo(1);
        assertThat(cohort(run).taken).noneMatch(step -> step.startsWith("0/1"));
        assertThat(events.subList(0, 2)).containsExactly("0/0 of 5", "0 out");
        assertThat(RoundMarkers.open(disk, RUN).next()).isEqualTo(ROUNDS);
        assertSameStateOnBothSides();
    }

    @Test
    void continuesWithoutAMessageThatIsNotInTheSum() throws InterruptedException {
        cohort(run).endsAt.add("masked");
        DirectTransport closes = new DirectTransport(run, request -> {
            if (run.round == 0 && request.uri().getPath().endsWith("/1/keys/me")) {
                run.close();
            }
            return DirectTransport.Fate.DELIVERED;
        });
        TestClients.train(on(closes, disk).listener(listener));

        assertThat(events.subList(0, 2)).containsExactly("0/0 of 5", "0 out");
        assertThat(run.member().sequence).isEqualTo(ROUNDS - 1);
        assertSameStateOnBothSides();
    }

    @Test
    void endsASessionInTheMiddleOfAStepAndContinuesInTheNext() throws InterruptedException {
        cohort(run).stalls = true;
        try (EvenkeelClient client = on(run, disk).build()) {
            RunOutcome outcome = client.trainFor(Problems.bowl(1), 5, Duration.ofSeconds(30));
            assertThat(outcome.end()).isEqualTo(RunOutcome.End.SESSION_ENDED);
        }
        assertThat(saved(run, disk).pending()).isNotNull();
        assertThat(cohort(run).taken).containsExactly("0/0/keys");

        cohort(run).stalls = false;
        assertThat(train().accepted()).isEqualTo(ROUNDS);
        assertSameStateOnBothSides();
    }

    /** The coordinator has deleted an earlier run of the same name. */
    @Test
    void reportsThatItSkipsRoundsBeforeItsNewestAndTakesPartAfterLeaving() throws InterruptedException {
        RoundMarkers.open(disk, RUN).reveal(149);
        List<String> said = new ArrayList<>();
        EvenkeelClient[] client = new EvenkeelClient[1];
        ClientListener owner = new ClientListener() {
            @Override
            public void waiting(String reason) {
                if (reason.startsWith("no part")) {
                    said.add(reason);
                    client[0].stop();
                }
            }
        };
        client[0] = on(run, disk).listener(owner).build();
        try (EvenkeelClient stopping = client[0]) {
            assertThat(stopping.train(Problems.bowl(1)).end()).isEqualTo(RunOutcome.End.STOPPED);
        }
        assertThat(said)
                .containsExactly(
                        "no part in round 0 of run 'digits': this device has taken part in round 149 of a run of this name,"
                                + " and never takes part in a round twice. If the run is a new one, call leave() to take part in it");
        assertThat(cohort(run).taken).isEmpty();
        try (EvenkeelClient leaving = on(run, disk).build()) {
            leaving.leave();
        }
        assertThat(train().accepted()).isEqualTo(ROUNDS);
    }

    /** The coordinator now sends a different model, but the device's message was computed from the earlier one. */
    @Test
    void keepsTheDigestOfItsModelOverARestartAndDropsAMessageForAnotherOne() throws InterruptedException {
        cohort(run).stalls = true;
        try (EvenkeelClient client = on(run, disk).sparseUpdates(false).build()) {
            client.trainFor(Problems.bowl(1), 1, Duration.ofSeconds(30));
        }
        cohort(run).stalls = false;
        run.modelTold = floats -> {
            floats[0] ^= 1;
            return floats;
        };
        assertThatThrownBy(() ->
                        TestClients.train(on(run, disk).sparseUpdates(false).listener(listener)))
                .isInstanceOfSatisfying(
                        CoordinatorException.class,
                        refusal -> assertThat(refusal.problem().type()).isEqualTo(ProblemType.OTHER_MODEL));
        assertThat(events).endsWith("0 in");
        assertThat(saved(run, disk).pending()).isNull();

        run.modelTold = UnaryOperator.identity();
        assertThat(train().accepted()).isEqualTo(ROUNDS - 1);
        assertSameStateOnBothSides();
    }

    /** Otherwise the last bits could distinguish the model of one device from that of the others. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void computesOnTheFloat32ModelThatAllDevicesHave(boolean lossy) throws InterruptedException {
        if (lossy) {
            run.lossy("top-k:5+bf16");
        }
        TestClients.train(on(run, disk).doublePrecision(true).listener(listener));
        assertSameStateOnBothSides();
        assertThat(run.member().sequence).isEqualTo(ROUNDS);
    }

    @ParameterizedTest
    @EnumSource(
            value = FeedbackMethod.class,
            names = {"EF21_MOMENTUM", "NONE"})
    void leavesAndJoinsAgainAfterItLostItsDisk(FeedbackMethod method) throws InterruptedException {
        run = run(method, 3);
        try (EvenkeelClient client = on(run, disk).build()) {
            client.trainFor(Problems.bowl(1), 4, Duration.ofHours(1));
        }
        MemoryStateStore fresh = new MemoryStateStore();
        String client = run.member().client;
        int ordinal = run.member().ordinal;
        TestClients.train(
                on(run, fresh).credentials(client, run.register(client)).listener(listener));

        assertThat(run.member().ordinal).isEqualTo(method.retainsSum() ? ordinal + 1 : ordinal);
        assertThat(run.member().sequence).isEqualTo(method.retainsSum() ? ROUNDS - 4 : ROUNDS);
        assertThat(events.get(0)).isEqualTo(method.retainsSum() ? "recovered 0" : "recovered 4");
        DeviceState saved = saved(run, fresh);
        assertThat(saved.head()).isEqualTo(run.member().head);
        if (method.retainsSum()) {
            assertThat(saved.feedback().vectors().get(0)).isEqualTo(run.member().g);
        }
        assertThat(run.log).noneMatch(line -> line.endsWith("/state"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                top-k:5  | chooses coordinates by their values
                identity | has ef14
                """)
    void refusesPlansThatCannotBeMasked(String compressor, String message) {
        run = new TestCoordinator(
                compressor.equals("identity") ? FeedbackMethod.EF14 : FeedbackMethod.EF21,
                "normalized",
                compressor,
                ROUNDS);
        run.cohort = new TestCohort(5, 3);
        assertThatThrownBy(this::train).isInstanceOf(EvenkeelException.class).hasMessageContaining(message);
        assertThat(cohort(run).taken).isEmpty();
    }

    @Test
    void takesPartOnItsOwnTermsOnly() {
        SecureAggregation own = SecureAggregation.with(TestCohort.IDENTITY);
        assertRefused(TestClients.on(run, disk), "needs the identity of this device");
        assertRefused(
                TestClients.on(run, disk).secureAggregation(own),
                "reveals sums of 5 devices, but this device requires at least 10");
        assertRefused(
                TestClients.on(run, disk).secureAggregation(own.minimumCohort(5).minimumCollusion(0.1)),
                "if a share of 0.05 of a cohort colludes with the coordinator, but this device requires at least 0.1");
        assertRefused(
                TestClients.on(run, disk)
                        .secureAggregation(
                                SecureAggregation.with(OwnerKey.generate().issue())),
                "accepts only devices of other owners");
        run = new TestCoordinator(FeedbackMethod.EF21, "normalized", "identity", ROUNDS);
        assertRefused(TestClients.on(run, new MemoryStateStore()).secureAggregation(own), "has no secure aggregation");
        assertThat(run.messages).isEmpty();
        assertThatThrownBy(() -> own.minimumCohort(2)).hasMessageContaining("minimumCohort is 2, expected at least 3");
    }

    private static void assertRefused(ClientBuilder builder, String message) {
        assertThatThrownBy(() -> TestClients.train(builder))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining(message);
    }

    @Test
    void alsoTakesPartInPlainRunsIfTheAppSaysSo() throws InterruptedException {
        run = new TestCoordinator(FeedbackMethod.EF21, "normalized", "identity", ROUNDS);
        TestClients.train(TestClients.on(run, disk)
                .secureAggregation(SecureAggregation.with(TestCohort.IDENTITY).allowPlainRuns()));
        assertThat(run.messages).hasSize(ROUNDS);
    }
}
