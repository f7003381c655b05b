package io.evenkeel.core.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.smoothness.Slopes;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adaptive steps in fleets that change while they train, at the start and at convergence. */
class FleetChangeTest {

    private static final int DIMENSION = 12;
    private static final int CLIENTS = 6;
    private static final int ROUNDS = 400;
    private static final double ETA = 0.5;
    private static final double[] CONSTANTS = {0.1, 0.3, 1, 3, 10};

    /**
     * A change between two rounds. Sets of clients are bit masks.
     *
     * @param before the members before the change
     * @param after the members after it
     * @param heavier clients whose weights become five times as large
     * @param renewed clients that have different data afterwards
     * @param absent the probability that a member misses a round afterwards
     */
    private record Change(int before, int after, int heavier, int renewed, double absent) {

        Change(int before, int after) {
            this(before, after, 0, 0, 0);
        }

        int[] members(boolean changed) {
            return of(changed ? after : before);
        }

        static int[] of(int clients) {
            return IntStream.range(0, CLIENTS)
                    .filter(i -> (clients >> i & 1) != 0)
                    .toArray();
        }
    }

    private enum Event {
        A_MEMBER_JOINS(new Change(0b011111, 0b111111)),
        A_MEMBER_LEAVES(new Change(0b111111, 0b011111)),
        A_MEMBER_IS_REPLACED(new Change(0b011111, 0b111110)),
        WEIGHTS_CHANGE(new Change(0b111111, 0b111111, 0b000011, 0, 0)),
        DATA_CHANGES(new Change(0b111111, 0b111111, 0, 0b000011, 0)),
        MEMBERS_ARE_SAMPLED(new Change(0b111111, 0b111111, 0, 0, 0.3));

        private final Change change;

        Event(Change change) {
            this.change = change;
        }
    }

    private enum Arm {
        ADAPTIVE("slope", FeedbackMethod.EF21_IGT, 1),
        SUFFICIENT_DECREASE_WITH_IGT("sufficient-decrease", FeedbackMethod.EF21_IGT, 1),
        SLOPE("slope", FeedbackMethod.EF21, 1),
        SLOPE_WITH_MOMENTUM("slope", FeedbackMethod.EF21_MOMENTUM, 1.05),
        SUFFICIENT_DECREASE("sufficient-decrease", FeedbackMethod.EF21, 1),
        /** Exceeds the bound even in fleets that never change: see docs/measured.md. */
        DISTANCE("distance-over-gradients", FeedbackMethod.EF21, 1.4),
        ACCUMULATED_NORM("accumulated-norm", FeedbackMethod.EF21, 1);

        private final StepRule rule;
        private final FeedbackMethod method;
        private final double margin;

        Arm(String rule, FeedbackMethod method, double margin) {
            this.rule = StepRule.parse(rule);
            this.method = method;
            this.margin = margin;
        }

        private double gamma() {
            return Objects.requireNonNull(rule.defaultGamma(method.hasMomentum()))
                    .at(0, ROUNDS - 1);
        }
    }

    /** Logistic regression. Each client has its own samples, few or many, of one class or both. */
    private static final class Fleet {

        private final double[][][] samples = new double[CLIENTS][][];
        private final double[] weights = new double[CLIENTS];
        private final double[] truth = new double[DIMENSION];

        Fleet(long seed) {
            SplitMix64 random = new SplitMix64(seed);
            Arrays.setAll(truth, j -> random.nextDouble() - 0.5);
            for (int i = 0; i < CLIENTS; i++) {
                samples[i] = new double[3 + (int) (30 * random.nextDouble())][DIMENSION];
                weights[i] = 1 + Math.floor(3 * random.nextDouble());
                draw(i, random);
            }
        }

        void scale(double factor) {
            for (double[][] client : samples) {
                for (double[] sample : client) {
                    Arrays.setAll(sample, j -> factor * sample[j]);
                }
            }
        }

        /** Redraws a client's samples. */
        private void draw(int client, SplitMix64 random) {
            for (double[] sample : samples[client]) {
                double margin = 0;
                for (int j = 0; j < DIMENSION; j++) {
                    sample[j] = (random.nextDouble() - 0.5) * 4 / (1 + j);
                    margin += sample[j] * truth[j];
                }
                if (margin + (random.nextDouble() - 0.5) < 0) {
                    for (int j = 0; j < DIMENSION; j++) {
                        sample[j] = -sample[j];
                    }
                }
            }
        }

        /** Returns a client's loss, regularized to have an optimum, and writes its gradient to g. */
        double loss(int client, double[] x, double[] g) {
            Arrays.fill(g, 0);
            double loss = 0;
            for (double[] sample : samples[client]) {
                double margin = 0;
                for (int j = 0; j < DIMENSION; j++) {
                    margin += sample[j] * x[j];
                }
                loss += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
                double slope = -1 / (1 + Math.exp(margin));
                for (int j = 0; j < DIMENSION; j++) {
                    g[j] += slope * sample[j] / samples[client].length;
                }
            }
            double regularizer = 0;
            for (int j = 0; j < DIMENSION; j++) {
                regularizer += 0.005 * x[j] * x[j];
                g[j] += 0.01 * x[j];
            }
            return loss / samples[client].length + regularizer;
        }
    }

    /**
     * The values that devices report in addition to their gradients: the loss as a function of client, round and true
     * loss; and a bit mask of the clients that report no slope.
     */
    private record Reports(LossReport losses, int withoutSlope) {

        private static final Reports TRUE = new Reports((client, round, loss) -> loss, 0);
    }

    @FunctionalInterface
    private interface LossReport {
        double of(int client, int round, double loss);
    }

    /** A run of a changing fleet; each run has its own fleet. */
    private static final class Training {

        private final Fleet fleet;
        private final Change change;
        private final int at;
        private final ErrorFeedback[] memories = new ErrorFeedback[CLIENTS];
        private final ModelState state;
        private final SplitMix64 random = new SplitMix64(11);
        private final double[] gradient = new double[DIMENSION];
        private final Compressor compressor;
        private final double[][] answered = new double[CLIENTS][];
        private final Reports reports;

        Training(Fleet fleet, StepRule rule, FeedbackMethod method, Change change, int at) {
            this(fleet, rule, method, change, at, new double[DIMENSION], Reports.TRUE);
        }

        Training(
                Fleet fleet, StepRule rule, FeedbackMethod method, Change change, int at, double[] x, Reports reports) {
            TensorLayout layout = TensorLayout.flat(DIMENSION);
            this.fleet = fleet;
            this.reports = reports;
            this.change = change;
            this.at = at;
            this.compressor = CompressorSpec.parse("top-k:2").bind(layout);
            this.state = ModelState.start(layout, rule, x, true);
            Arrays.setAll(memories, i -> ErrorFeedback.start(method, DIMENSION));
        }

        /** Returns the members' weighted mean loss before each round. */
        double[] run(double gamma) {
            double[] path = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                double left = round == at ? change() : 0;
                int[] members = change.members(round >= at);
                double weight = 0;
                for (int client : members) {
                    path[round] += fleet.weights[client] * fleet.loss(client, state.x(), gradient);
                    weight += fleet.weights[client];
                }
                path[round] /= weight;
                Slopes slopes = new Slopes();
                Slopes slopeChanges = new Slopes();
                MemberLosses losses = answer(present(members, round), round, slopes, slopeChanges);
                state.step(
                        new StepInput(weight, gamma, losses.mean(), losses, left, slopes.mean(), slopeChanges.mean()));
            }
            return path;
        }

        /** Applies the change, and returns the weight that left. */
        private double change() {
            double left = 0;
            for (int client : Change.of(change.before & ~change.after)) {
                state.add(memories[client].vectors().get(0), -fleet.weights[client]);
                left += fleet.weights[client];
            }
            for (int client : Change.of(change.heavier)) {
                state.add(memories[client].vectors().get(0), 4 * fleet.weights[client]);
                fleet.weights[client] *= 5;
            }
            for (int client : Change.of(change.renewed)) {
                fleet.draw(client, random);
            }
            return left;
        }

        private int[] present(int[] members, int round) {
            return round < at || change.absent == 0
                    ? members
                    : IntStream.of(members)
                            .filter(i -> random.nextDouble() >= change.absent)
                            .toArray();
        }

        private MemberLosses answer(int[] clients, int round, Slopes slopes, Slopes slopeChanges) {
            double[] weights =
                    IntStream.of(clients).mapToDouble(i -> fleet.weights[i]).toArray();
            double[] losses = new double[clients.length];
            double[] model = state.x().clone();
            for (int m = 0; m < clients.length; m++) {
                ErrorFeedback memory = memories[clients[m]];
                double loss = fleet.loss(clients[m], memory.point(model, ETA), gradient);
                losses[m] = reports.losses.of(clients[m], round, loss);
                double[] before = answered[clients[m]];
                if (before != null && (reports.withoutSlope >> clients[m] & 1) == 0) {
                    double slope = Slopes.along(DIMENSION, j -> gradient[j], j -> model[j], j -> before[j]);
                    if (Double.isFinite(slope)) {
                        double[] g = Objects.requireNonNull(memory.estimate());
                        slopes.add(slope, weights[m]);
                        slopeChanges.add(
                                Slopes.along(DIMENSION, j -> gradient[j] - g[j], j -> model[j], j -> before[j]),
                                weights[m]);
                    }
                }
                answered[clients[m]] = model;
                Staged staged = memory.stage(model, gradient.clone(), null, ETA, compressor, 0);
                state.add(staged.delta(), weights[m]);
                memory.commit(staged);
            }
            return new MemberLosses(clients, weights, losses);
        }
    }

    private static double[] train(
            long seed, StepRule rule, double gamma, FeedbackMethod method, Change change, int at) {
        return new Training(new Fleet(seed), rule, method, change, at).run(gamma);
    }

    private static double worst(double[] path, int from) {
        return Arrays.stream(path, from, path.length).max().orElseThrow();
    }

    /** A fleet, its devices' compression, and the change. */
    private record Case(long seed, FeedbackMethod method, Change change, int at) {}

    /** Cached, since several arms are compared with the same path. */
    private static final Map<Case, double[]> TUNED = new ConcurrentHashMap<>();

    /** Returns the path of the constant step whose path ends lowest. */
    private static double[] tuned(long seed, FeedbackMethod method, Change change, int at) {
        return TUNED.computeIfAbsent(new Case(seed, method, change, at), FleetChangeTest::bestConstant);
    }

    private static double[] bestConstant(Case one) {
        return Arrays.stream(CONSTANTS)
                .mapToObj(gamma -> train(one.seed, new PlainStep(), gamma, one.method, one.change, one.at))
                .min(Comparator.comparingDouble(path -> path[ROUNDS - 1]))
                .orElseThrow();
    }

    static Stream<Arguments> cases() {
        return Arrays.stream(Arm.values())
                .flatMap(arm -> Arrays.stream(Event.values())
                        .flatMap(event -> IntStream.of(20, 300).mapToObj(at -> Arguments.of(arm, event, at))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theLossStaysLowWhen(Arm arm, Event event, int at) {
        assertStaysLow(arm, event, at, 6);
    }

    @Tag("full")
    @ParameterizedTest
    @MethodSource("cases")
    void theLossOfManyFleetsStaysLowWhen(Arm arm, Event event, int at) {
        LongStream.rangeClosed(1, 8).forEach(fleet -> assertStaysLow(arm, event, at, fleet));
    }

    private static void assertStaysLow(Arm arm, Event event, int at, long fleet) {
        double[] adaptive = train(fleet, arm.rule, arm.gamma(), arm.method, event.change, at);
        double change = Math.max(adaptive[at - 1], adaptive[at]);
        double allowed = Math.max(1.1 * change, worst(tuned(fleet, arm.method, event.change, at), at));
        assertThat(worst(adaptive, at)).as("fleet %d", fleet).isLessThanOrEqualTo(arm.margin * allowed);
    }

    /** Returns the path of all clients without a change. */
    private static double[] path(Arm arm, Fleet fleet, double[] start, Reports reports) {
        Change none = Event.A_MEMBER_LEAVES.change;
        return new Training(fleet, arm.rule, arm.method, none, ROUNDS, start, reports).run(arm.gamma());
    }

    private static double[] path(Arm arm, long seed, Reports reports) {
        return path(arm, new Fleet(seed), new double[DIMENSION], reports);
    }

    @ParameterizedTest
    @EnumSource(names = {"ADAPTIVE", "SLOPE"})
    void aModelNearItsOptimumStaysThere(Arm arm) {
        for (long seed = 1; seed <= 8; seed++) {
            double[] x = new double[DIMENSION];
            double[] path = path(arm, new Fleet(seed), x, Reports.TRUE);
            // The previous run has updated x in place.
            x[0] += 1e-3;
            double[] again = path(arm, new Fleet(seed), x, Reports.TRUE);
            assertThat(worst(again, 0)).as("fleet %d", seed).isLessThanOrEqualTo(path[ROUNDS - 1] * 1.1);
            assertThat(again[ROUNDS - 1]).as("fleet %d", seed).isLessThanOrEqualTo(path[ROUNDS - 1] * 1.001);
        }
    }

    @ParameterizedTest
    @CsvSource({"ADAPTIVE, 0.01", "ADAPTIVE, 100", "SLOPE, 0.01", "SLOPE, 100"})
    void dataInAnotherUnitDoNotRaiseTheLoss(Arm arm, double factor) {
        for (long seed = 1; seed <= 8; seed++) {
            Fleet fleet = new Fleet(seed);
            fleet.scale(factor);
            double[] path = path(arm, fleet, new double[DIMENSION], Reports.TRUE);
            assertThat(worst(path, 0)).as("fleet %d", seed).isLessThanOrEqualTo(1.1 * path[0]);
            assertThat(path[ROUNDS - 1]).isLessThan(path[0]);
        }
    }

    /**
     * The mean slope of the devices that answer in a round differs from the fleet's, but the mean change of their
     * slopes is close to the fleet's.
     */
    @ParameterizedTest
    @CsvSource({"ADAPTIVE, 1.1", "SLOPE, 1.1", "SLOPE_WITH_MOMENTUM, 2"})
    void reachesTheOptimumIfAThirdOfTheDevicesAnswersInARound(Arm arm, double highest) {
        Change sampled = new Change(0b111111, 0b111111, 0, 0, 0.66);
        for (long seed = 1; seed <= 8; seed++) {
            double[] adaptive = train(seed, arm.rule, arm.gamma(), arm.method, sampled, 0);
            double[] constant = tuned(seed, arm.method, sampled, 0);
            assertThat(worst(adaptive, 0)).as("fleet %d", seed).isLessThanOrEqualTo(highest * adaptive[0]);
            assertThat(adaptive[ROUNDS - 1])
                    .as("fleet %d", seed)
                    .isLessThanOrEqualTo((1 + 1e-8) * constant[ROUNDS - 1]);
        }
    }

    static Stream<LossReport> wrongLosses() {
        return Stream.of(
                (client, round, loss) -> 400 * loss,
                (client, round, loss) -> client == 2 ? 400 * loss : loss,
                (client, round, loss) -> client == 2 ? 1000 * Math.pow(0.999, round) : loss,
                (client, round, loss) -> client == 2 ? 1000 * Math.pow(1.01, round) : loss,
                (client, round, loss) -> Double.NaN);
    }

    @ParameterizedTest
    @MethodSource("wrongLosses")
    void noReportedLossChangesTheStepsOfTheDefault(LossReport losses) {
        assertThat(path(Arm.ADAPTIVE, 6, new Reports(losses, 0))).isEqualTo(path(Arm.ADAPTIVE, 6, Reports.TRUE));
    }

    @ParameterizedTest
    @ValueSource(ints = {0b000100, 0b001111, 0b111111})
    void devicesThatReportNoSlopeDoNotRaiseTheLoss(int silent) {
        for (long seed = 1; seed <= 8; seed++) {
            double[] path = path(Arm.ADAPTIVE, seed, new Reports(Reports.TRUE.losses, silent));
            assertThat(worst(path, 0)).as("fleet %d", seed).isLessThanOrEqualTo(1.1 * path[0]);
            assertThat(path[ROUNDS - 1]).as("fleet %d", seed).isLessThan(path[0]);
        }
    }

    // Uses the same fleets each time, since the bound is empirical, not a theorem.
    @Property(tries = 40, seed = "2410168712")
    void theLossHardlyRisesBeyondTheEffectOfTheChangeAndFallsAgain(
            @ForAll @LongRange(min = 0, max = 100_000) long seed,
            @ForAll @IntRange(min = 1, max = 63) int before,
            @ForAll @IntRange(min = 1, max = 63) int after,
            @ForAll @IntRange(min = 2, max = 300) int at,
            @ForAll boolean transports) {
        FeedbackMethod method = transports ? FeedbackMethod.EF21_IGT : FeedbackMethod.EF21;
        Change members = new Change(before, after);
        double[] adaptive = train(seed, StepRule.parse("sufficient-decrease"), 1, method, members, at);
        double[] tuned = tuned(seed, method, members, at);
        double change = Math.max(adaptive[at - 1], adaptive[at]);
        // In the first rounds the step size is still the first guess, which may be too large for another function.
        double margin = at >= 50 ? 1.1 : 1.25;
        assertThat(worst(adaptive, at)).isLessThanOrEqualTo(Math.max(margin * change, worst(tuned, at)));
        // After the change, training converges again.
        assertThat(adaptive[ROUNDS - 1]).isLessThanOrEqualTo(1.1 * tuned[ROUNDS - 1]);
    }
}
