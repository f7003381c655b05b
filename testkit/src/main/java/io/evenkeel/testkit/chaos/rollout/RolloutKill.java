package io.evenkeel.testkit.chaos.rollout;

import io.evenkeel.core.vector.SplitMix64;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A planned kill during a roll-out.
 *
 * @param kind which process, and when
 * @param rollout the roll-out, from 0
 * @param waitNanos the time from the start of the roll-out until the kill waits for its event
 * @param delayNanos the delay after that event
 */
record RolloutKill(Kind kind, int rollout, long waitNanos, long delayNanos) {

    private static final int DATABASE_ONE_IN = 4;
    private static final long WAIT_NANOS = 3_000_000_000L;
    private static final long REPORT_NANOS = 12_000_000;
    private static final long DECISION_NANOS = 300_000_000;
    private static final long START_NANOS = 4_000_000_000L;

    /** The process to kill, and the event that triggers the kill. */
    enum Kind {
        /** A coordinator, just after a report was sent to one. */
        IN_REPORT("coordinator, accepting a report"),
        /** A coordinator, just after a report was accepted: when a group may pass or a roll-out stop. */
        IN_DECISION("coordinator, deciding about a group"),
        /** A coordinator, while an operator's command is sent. */
        IN_COMMAND("coordinator, at an operator's command"),
        /** A coordinator, at any time. */
        ANY_TIME("coordinator, at any time"),
        /** A coordinator, while it restarts after a kill. */
        IN_RECOVERY("coordinator, restarting"),
        /** The database, which restarts at once. */
        DATABASE("database");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /**
     * Draws a plan from the seed, in the order of its roll-outs.
     *
     * @param database whether the database can be restarted
     */
    static List<RolloutKill> draw(RolloutChaosSettings settings, boolean database) {
        SplitMix64 random = new SplitMix64(SplitMix64.derive(settings.seed(), 1));
        Kind[] coordinators = {
            Kind.IN_REPORT, Kind.IN_DECISION, Kind.IN_COMMAND, Kind.IN_DECISION, Kind.ANY_TIME, Kind.IN_RECOVERY
        };
        List<RolloutKill> kills = new ArrayList<>();
        for (int i = 0; i < settings.kills(); i++) {
            boolean hitsDatabase = database && i % DATABASE_ONE_IN == DATABASE_ONE_IN - 1;
            Kind kind = hitsDatabase ? Kind.DATABASE : coordinators[i % coordinators.length];
            int rollout = (int) ((long) i * settings.rollouts() / settings.kills());
            long wait = kind == Kind.IN_COMMAND ? 0 : nanos(random, WAIT_NANOS);
            kills.add(new RolloutKill(kind, rollout, wait, nanos(random, delay(kind))));
        }
        kills.sort(Comparator.comparingInt(RolloutKill::rollout).thenComparingLong(RolloutKill::waitNanos));
        return kills;
    }

    private static long delay(Kind kind) {
        return switch (kind) {
            case IN_REPORT, IN_COMMAND -> REPORT_NANOS;
            case IN_DECISION, ANY_TIME, DATABASE -> DECISION_NANOS;
            case IN_RECOVERY -> START_NANOS;
        };
    }

    private static long nanos(SplitMix64 random, long longest) {
        return (long) (random.nextDouble() * longest);
    }
}
