package io.evenkeel.trial.fleet;

import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.ValidatedPlan;
import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs further simulations to find a deadline and a minimum number of messages that the fleet can meet. An
 * extended round selects all members and ends at the minimum, which wastes the messages of late devices, so
 * few rounds should be extended. Not thread-safe.
 */
public final class SettingsSearch {

    /** The maximum share of the rounds that may be extended. */
    public static final double EXTENDED = 0.05;

    private static final int TRIES = 6;
    private static final int LEAST_ROUNDS = 20;
    private static final double LONGER = 1.6;
    private static final double FEWER = 0.7;

    /** The smallest difference that justifies a change. */
    private static final double WORTH = 0.1;

    private static final long[] STEPS = {1, 2, 3, 5, 10, 15, 20, 30, 45};
    private static final long MINUTE = 60_000;

    private final ValidatedPlan plan;
    private final RoundRules rules;
    private final Availability availability;
    private final Forecast given;
    private final IntConsumer progress;

    /**
     * @param given the simulation of the unchanged plan, with closed rounds
     * @param progress as for {@link RunSimulation#run}, for each simulation
     */
    public SettingsSearch(ValidatedPlan plan, Availability availability, Forecast given, IntConsumer progress) {
        this.plan = plan;
        this.rules = RoundRules.of(plan.definition());
        this.availability = availability;
        this.given = given;
        this.progress = progress;
    }

    /**
     * A different value of a setting.
     *
     * @param rules the rules with this value
     * @param forecast the forecast with this value
     */
    public record Alternative(RoundRules rules, Forecast forecast) {

        private boolean isKept() {
            return forecast.result().rounds().closed() > 0 && forecast.extendedShare() <= EXTENDED;
        }
    }

    /**
     * Returns the shortest deadline with which at most {@link #EXTENDED} of the rounds are extended; null if the plan's
     * deadline is about as long, or none was found.
     */
    public @Nullable Alternative deadline() {
        Forecast last = given;
        long deadline = 0;
        for (int i = 0; i < TRIES; i++) {
            RoundLog rounds = last.result().rounds();
            long enough =
                    RoundLog.quantile(rounds.sorted(round -> Math.max(0, rounds.enoughAfter(round))), 1 - EXTENDED);
            deadline = rounded(Math.max(enough, (long) (LONGER * deadline)));
            Alternative next = simulated(rules(rules.minParticipants(), Duration.ofMillis(deadline)));
            if (next.isKept()) {
                return isNear(seconds(next.rules()), seconds(rules)) ? null : next;
            }
            last = next.forecast();
        }
        return null;
    }

    /**
     * Returns the largest minimum number of messages with which at most {@link #EXTENDED} of the rounds are extended;
     * null if the plan's minimum is about as large, or none was found.
     */
    public @Nullable Alternative minimum() {
        Forecast last = given;
        long minimum = rules.maxParticipants();
        for (int i = 0; i < TRIES; i++) {
            RoundLog rounds = last.result().rounds();
            long most = RoundLog.quantile(rounds.sorted(rounds::inTime), EXTENDED);
            // With a smaller minimum, a round may select fewer members, so that fewer answer.
            minimum = Math.max(1, Math.min(most, i == 0 ? minimum : (long) (FEWER * minimum)));
            Alternative next = simulated(rules((int) minimum, rules.maxTime()));
            if (next.isKept()) {
                return isNear(next.rules().minParticipants(), rules.minParticipants()) ? null : next;
            }
            last = next.forecast();
        }
        return null;
    }

    /** Simulates about one cycle, so that every hour is represented. */
    private Alternative simulated(RoundRules other) {
        SimulationSettings settings = given.settings();
        double round = Math.max(0.001, Math.min(given.seconds().median(), seconds(other)));
        long wanted = (long) Math.ceil(availability.cycle() / 1000.0 / round);
        int rounds = (int) Math.min(settings.rounds(), Math.max(LEAST_ROUNDS, wanted));
        SimulationSettings shorter = settings.withRounds(rounds);
        return new Alternative(
                other,
                new Forecast(
                        RunSimulation.run(
                                plan, other, availability, given.result().devices(), shorter, progress),
                        shorter));
    }

    private RoundRules rules(int minimum, Duration deadline) {
        Duration least = rules.minTime().compareTo(deadline) > 0 ? deadline : rules.minTime();
        return new RoundRules(
                rules.rounds(),
                minimum,
                rules.maxParticipants(),
                least,
                deadline,
                rules.sampling(),
                rules.minWeight(),
                rules.maxWeight(),
                rules.maxAskedWeight(),
                rules.stop(),
                rules.priority());
    }

    private static double seconds(RoundRules rules) {
        return rules.maxTime().toMillis() / 1000.0;
    }

    private static boolean isNear(double one, double other) {
        return Math.abs(one - other) <= WORTH * other;
    }

    /** Rounds up to the next customary duration: 20 s, 45 min, 3 h. */
    private static long rounded(long time) {
        long unit = time < MINUTE ? 1000 : time <= 60 * MINUTE ? MINUTE : 60 * MINUTE;
        long whole = (time + unit - 1) / unit;
        return unit
                * LongStream.of(STEPS).filter(step -> step >= whole).findFirst().orElse(whole);
    }
}
