package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.round.RoundScheduler;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.NormalizedStep;
import io.evenkeel.core.step.StepInput;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.message.Acceptance;
import io.evenkeel.engine.message.AcceptedMessage;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Requests and responses are lost, duplicated, delayed and reordered at random. The devices, a simple model of the
 * protocol, and the coordinator must agree on the accepted messages and on every bit of x.
 */
class UnreliableNetworkTest {

    private static final double[] WEIGHTS = {1, 0.5, 4};
    private static final int ROUNDS = 1000;

    @SuppressWarnings("NullAway.Init")
    private static RestartableCoordinator coordinator;

    @BeforeContainer
    static void start() throws IOException {
        coordinator = new RestartableCoordinator(Files.createTempDirectory("unreliable"));
    }

    @AfterContainer
    static void stop() {
        coordinator.close();
    }

    /** The next event; {@code lucky} decides whether it succeeds, and {@code pick} chooses an earlier request. */
    record Event(Kind kind, int device, boolean lucky, int pick) {}

    /** The kinds of events. */
    enum Kind {
        /** A device computes a message on the open round's model and sends it, unless it waits for a response. */
        COMPUTE,
        /** A device repeats an unanswered request. */
        RETRY,
        /** A copy of an earlier request arrives late. */
        STRAY_COPY,
        /** The round reaches its deadline. */
        TIME
    }

    @Provide
    Arbitrary<Event> events() {
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(5, Arbitraries.just(Kind.COMPUTE)),
                                Tuple.of(3, Arbitraries.just(Kind.RETRY)),
                                Tuple.of(3, Arbitraries.just(Kind.STRAY_COPY)),
                                Tuple.of(2, Arbitraries.just(Kind.TIME))),
                        Arbitraries.integers().between(0, WEIGHTS.length - 1),
                        Arbitraries.of(true, true, false),
                        Arbitraries.integers().between(0, 1000))
                .as(Event::new);
    }

    @Provide
    Arbitrary<List<Event>> histories() {
        return events().list().ofMinSize(20).ofMaxSize(80);
    }

    @Property(tries = 4, shrinking = ShrinkingMode.OFF)
    void devicesAndCoordinatorAgree(@ForAll("histories") List<Event> history, @ForAll boolean late) {
        assertAgreeAfter(history, late);
    }

    @Tag("full")
    @Property(tries = 50, shrinking = ShrinkingMode.OFF)
    void devicesAndCoordinatorAgreeInMoreHistories(@ForAll("histories") List<Event> history, @ForAll boolean late) {
        assertAgreeAfter(history, late);
    }

    private static void assertAgreeAfter(List<Event> history, boolean late) {
        World world = new World(late ? 2 : 0);
        history.forEach(world::happen);
        world.settle();
        world.check();
    }

    /** A run, its devices, and the state of a simple model of the protocol. */
    private static final class World {

        private final Scene scene;
        private final PlanCache.Known run;
        private final GroupCommit groupCommit = coordinator.bean(GroupCommit.class);
        private final TestDevice.Sent[] unanswered = new TestDevice.Sent[WEIGHTS.length];
        private final List<Map.Entry<Integer, TestDevice.Sent>> everSent = new ArrayList<>();
        private final Map<TestDevice.Sent, AcceptedMessage> receipts = new HashMap<>();
        /** The accepted messages of each round, by ordinal and sequence. */
        private final Map<Integer, Map<List<Long>, byte[]>> included = new TreeMap<>();

        World(int staleness) {
            scene = new Scene(
                            coordinator.endpoint(),
                            coordinator.jdbc(),
                            "unreliable-" + System.nanoTime(),
                            "top-k:2",
                            FeedbackMethod.EF21)
                    .create("ef21-norm", ROUNDS, "\"time\":{\"max\":\"1s\"},\"staleness\":" + staleness);
            for (double weight : WEIGHTS) {
                scene.member(weight);
            }
            scene.start();
            run = coordinator.bean(PlanCache.class).named(scene.run);
        }

        void happen(Event event) {
            switch (event.kind()) {
                case COMPUTE -> compute(event.device(), event.lucky());
                case RETRY -> send(event.device(), event.lucky());
                case STRAY_COPY -> stray(event.pick());
                case TIME -> timePasses();
            }
        }

        private void compute(int place, boolean lucky) {
            int round = round();
            TestDevice device = scene.devices.get(place);
            if (unanswered[place] == null && device.task(-1).status() == 200) {
                unanswered[place] =
                        device.stage(round, TestDevice.gradient(replica().x(), place));
                everSent.add(Map.entry(place, unanswered[place]));
                if (lucky) {
                    send(place, true);
                }
            }
        }

        /** Repeats an unanswered request; the request always arrives, the response only if lucky. */
        private void send(int place, boolean answerArrives) {
            TestDevice.Sent sent = unanswered[place];
            if (sent == null) {
                return;
            }
            Acceptance outcome = deliver(place, sent);
            boolean refused = outcome instanceof Acceptance.Refused;
            if (answerArrives && !refused) {
                scene.devices.get(place).commit(sent);
            }
            if (answerArrives && !isBusy(outcome)) {
                unanswered[place] = null;
            }
        }

        private static boolean isBusy(Acceptance outcome) {
            return outcome instanceof Acceptance.Refused refused
                    && refused.problem().problem() == ProblemKind.BUSY;
        }

        private void stray(int pick) {
            if (!everSent.isEmpty()) {
                Map.Entry<Integer, TestDevice.Sent> copy = everSent.get(pick % everSent.size());
                deliver(copy.getKey(), copy.getValue());
            }
        }

        /**
         * Delivers a message. If it was accepted before, the response is the original receipt; otherwise it may be
         * accepted now.
         */
        private Acceptance deliver(int place, TestDevice.Sent sent) {
            Message message = Message.decode(sent.bytes, FrameLimits.of(Scene.DIMENSION));
            Acceptance outcome = groupCommit
                    .submit(new QueuedMessage(
                            run.run(),
                            run.plan(),
                            scene.devices.get(place).client(),
                            new ModelName(sent.round, null),
                            message,
                            sent.bytes))
                    .join();
            AcceptedMessage before = receipts.get(sent);
            if (before != null) {
                assertThat(outcome).isEqualTo(new Acceptance.Repeated(before));
            } else if (outcome instanceof Acceptance.Added accepted) {
                receipts.put(sent, accepted.message());
                included.computeIfAbsent(
                                accepted.message().includedIn(),
                                key -> new TreeMap<>(Comparator.comparing((List<Long> key2) -> key2.get(0))
                                        .thenComparing(key2 -> key2.get(1))))
                        .put(List.of((long) place, message.sequence()), sent.bytes);
            }
            return outcome;
        }

        private void timePasses() {
            coordinator.bean(TurnedClock.class).advance(Duration.ofSeconds(1));
            coordinator.bean(RoundScheduler.class).tick();
        }

        /** Delivers all responses, and closes the open round if it has messages. */
        void settle() {
            for (int place = 0; place < WEIGHTS.length; place++) {
                while (unanswered[place] != null) {
                    send(place, true);
                }
            }
            timePasses();
        }

        void check() {
            Replica replica = replica();
            assertThat(Scene.difference(replica.sum(), scene.devices, WEIGHTS)).isLessThan(1e-12);
            ModelState state = ModelState.start(
                    TensorLayout.flat(Scene.DIMENSION), new NormalizedStep(), new double[Scene.DIMENSION], true);
            double weight = WEIGHTS[0] + WEIGHTS[1] + WEIGHTS[2];
            for (int round = 0; round < replica.round(); round++) {
                included.getOrDefault(round, Map.of()).forEach((key, bytes) -> {
                    int place = key.get(0).intValue();
                    Message.decode(bytes, FrameLimits.of(Scene.DIMENSION))
                            .delta()
                            .addTo(state.sum(), WEIGHTS[place]);
                });
                state.step(StepInput.of(weight, run.plan().gamma(round)));
            }
            assertThat(replica.sum()).isEqualTo(state.sum());
            assertThat(replica.x()).isEqualTo(state.x());
            assertThat(included.keySet()).allMatch(round -> round < replica.round());
        }

        private int round() {
            return scene.view().number("round");
        }

        private Replica replica() {
            return scene.replica(round());
        }
    }
}
