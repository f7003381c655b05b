package io.evenkeel.trial.fleet;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/** The displayed figures of a simulation. Immutable, as long as the simulation's logs are not changed. */
public final class Forecast {

    private static final double MILLIS = 1000;
    private static final double MINUTE = 60;

    private final RunSimulation.Result result;
    private final SimulationSettings settings;
    private final RoundLog rounds;

    public Forecast(RunSimulation.Result result, SimulationSettings settings) {
        this.result = result;
        this.settings = settings;
        this.rounds = result.rounds();
    }

    /**
     * The distribution of a figure over the rounds.
     *
     * @param low the value that a tenth of the rounds do not exceed
     * @param median the value that half of the rounds do not exceed
     * @param high the value that nine tenths of the rounds do not exceed
     */
    public record Spread(double low, double median, double high) {

        private static Spread of(long[] sorted, double unit) {
            return new Spread(
                    RoundLog.quantile(sorted, 0.1) / unit,
                    RoundLog.quantile(sorted, 0.5) / unit,
                    RoundLog.quantile(sorted, 0.9) / unit);
        }
    }

    /**
     * The figures of a part of the cycle, by default an hour of the day.
     *
     * @param part its number, from 0
     * @param online the number of devices online at its middle
     * @param rounds the number of rounds opened in it
     * @param seconds the median duration of these rounds
     * @param answered the median number of their messages
     * @param checkInsPerSecond the mean rate of check-ins in it
     * @param messagesPerSecond the mean rate of messages in it
     */
    public record Hour(
            int part,
            int online,
            int rounds,
            double seconds,
            long answered,
            double checkInsPerSecond,
            double messagesPerSecond) {}

    public RunSimulation.Result result() {
        return result;
    }

    public SimulationSettings settings() {
        return settings;
    }

    /** Returns the spread of the number of seconds for which rounds were open. */
    public Spread seconds() {
        return Spread.of(rounds.sorted(rounds::duration), MILLIS);
    }

    /** Returns the spread of the number of members that a round selected. */
    public Spread asked() {
        return spread(rounds::asked);
    }

    /** Returns the spread of the number of messages in a round. */
    public Spread answered() {
        return spread(rounds::accepted);
    }

    private Spread spread(IntToLongFunction figure) {
        return Spread.of(rounds.sorted(figure), 1);
    }

    /** Returns the number of rounds that ended for each reason. */
    public Map<RoundLog.Ending, Integer> endings() {
        Map<RoundLog.Ending, Integer> counts = new EnumMap<>(RoundLog.Ending.class);
        for (RoundLog.Ending ending : RoundLog.Ending.values()) {
            counts.put(ending, 0);
        }
        for (int round = 0; round < rounds.closed(); round++) {
            counts.merge(rounds.ending(round), 1, Integer::sum);
        }
        return counts;
    }

    /** Returns the share of the rounds that were extended at least once. */
    public double extendedShare() {
        return share(rounds.sum(round -> Math.min(1, rounds.extended(round))), rounds.closed());
    }

    /** Returns the share of started messages that arrived after their round had closed. */
    public double lateShare() {
        return share(rounds.sum(rounds::late), rounds.sum(rounds::begun));
    }

    /** Returns the share of started messages that were never sent. */
    public double lostShare() {
        return share(rounds.sum(rounds::lost), rounds.sum(rounds::begun));
    }

    public double roundsPerHour() {
        return perSecond(rounds.closed()) * MINUTE * MINUTE;
    }

    /** Returns the bytes of a round's messages, including late ones. */
    public double uploadedInRound() {
        return share(result.messages().total() * settings.messageBytes(), rounds.closed());
    }

    /** Returns the bytes of the models and updates fetched for a round. */
    public double downloadedInRound() {
        return share(rounds.sum(rounds::downloaded), rounds.closed());
    }

    public double checkInsPerSecond() {
        return perSecond(result.checkIns().total());
    }

    /** Returns the check-ins per second in the busiest minute. */
    public double mostCheckInsPerSecond() {
        return result.checkIns().busiestMinute() / MINUTE;
    }

    public double messagesPerSecond() {
        return perSecond(result.messages().total());
    }

    /** Returns the messages in the busiest second. */
    public int mostMessagesPerSecond() {
        return result.messages().busiestSecond();
    }

    private double perSecond(long count) {
        return rate(count, result.seconds());
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    private static double rate(long count, double seconds) {
        return seconds == 0 ? 0 : count / seconds;
    }

    /** Returns the figures of each part of the cycle. */
    public List<Hour> hours() {
        return IntStream.range(0, TrafficLog.PARTS).mapToObj(this::hour).toList();
    }

    private Hour hour(int part) {
        int[] opened = IntStream.range(0, rounds.closed())
                .filter(round -> TrafficLog.part(rounds.openedAt(round), result.cycle()) == part)
                .toArray();
        double seconds = secondsIn(part);
        return new Hour(
                part,
                result.online().get(part),
                opened.length,
                median(opened, rounds::duration) / MILLIS,
                median(opened, rounds::accepted),
                rate(result.checkIns().in(part), seconds),
                rate(result.messages().in(part), seconds));
    }

    private static long median(int[] rounds, IntToLongFunction figure) {
        return RoundLog.quantile(
                Arrays.stream(rounds).mapToLong(figure).sorted().toArray(), 0.5);
    }

    /** Returns the number of simulated seconds that fall into a part of the cycle. */
    private double secondsIn(int part) {
        return (before(result.endedAt(), part) - before(result.startedAt(), part)) / MILLIS;
    }

    private long before(long time, int part) {
        long cycle = result.cycle();
        long from = part * cycle / TrafficLog.PARTS;
        long to = (part + 1) * cycle / TrafficLog.PARTS;
        return time / cycle * (to - from) + Math.max(0, Math.min(time % cycle, to) - from);
    }
}
