package io.evenkeel.engine.rollout;

import io.evenkeel.engine.rollout.RolloutDefinition.Metric;
import io.evenkeel.engine.rollout.RolloutDefinition.OnTimeout;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Decides the next action for a roll-out's open group according to the roll-out's rules. Immutable. */
public final class GroupRules {

    private final StudentQuantile quantile;

    public GroupRules(StudentQuantile quantile) {
        this.quantile = quantile;
    }

    /**
     * The reports on a metric by the devices of the open group. A million devices may report, so the rules
     * read only the data that they need.
     */
    public interface MetricReports {

        /** Returns the number of devices that have reported a metric for both versions, on enough samples. */
        int pairs(Metric metric);

        /** Returns the differences (new minus before) of these devices. */
        PairedDifferences differences(Metric metric);
    }

    /** The next action. */
    public enum Step {
        WAIT,
        PASS,
        PAUSE,
        STOP
    }

    /**
     * A decision.
     *
     * @param step the next action
     * @param why the reason in words
     * @param looks new evaluations of metrics, to be stored with it
     */
    public record Decision(Step step, String why, List<MetricLook> looks) {

        public boolean changesNothing() {
            return step == Step.WAIT && looks.isEmpty();
        }
    }

    /**
     * Decides about a running or paused roll-out with an open group. A paused roll-out can only stop.
     *
     * @param counts the outcomes of each group's devices, by the group's number from 0
     * @param stored the newest look at each metric of the open group
     */
    public Decision decide(
            Rollout rollout,
            OpenedGroup open,
            Map<Integer, DeviceCounts> counts,
            List<MetricLook> stored,
            MetricReports reports,
            Instant now) {
        RolloutDefinition rules = rollout.definition();
        Optional<Map.Entry<Integer, DeviceCounts>> failing = counts.entrySet().stream()
                .filter(entry -> entry.getValue().failsTooOften(rules.error(), rules.reports()))
                .min(Map.Entry.comparingByKey());
        if (failing.isPresent()) {
            DeviceCounts failed = failing.get().getValue();
            return new Decision(
                    Step.STOP,
                    rollout.groupName(failing.get().getKey()) + ": " + failed.failed() + " of " + failed.reports()
                            + " devices that reported have failed, more than the share " + rules.error(),
                    List.of());
        }
        boolean timeOver = !now.isBefore(open.deadline());
        DeviceCounts own = counts.getOrDefault(open.number(), DeviceCounts.NONE);
        boolean last = timeOver && rollout.state() == RolloutState.RUNNING;
        List<MetricLook> newest = newest(rules, reports, own.installed(), stored, last);
        Decision decision = decide(rollout, open, own, newest, fresh(newest, stored), now, timeOver);
        if (decision.step() != Step.PASS || last) {
            return decision;
        }
        // The first devices to report may not be representative, so a group passes by all available reports.
        newest = newest(rules, reports, own.installed(), newest, true);
        return decide(rollout, open, own, newest, fresh(newest, stored), now, timeOver);
    }

    private static List<MetricLook> fresh(List<MetricLook> newest, List<MetricLook> stored) {
        return newest.stream()
                .filter(look -> look.number() > 0 && !stored.contains(look))
                .toList();
    }

    private static Decision decide(
            Rollout rollout,
            OpenedGroup open,
            DeviceCounts own,
            List<MetricLook> looks,
            List<MetricLook> fresh,
            Instant now,
            boolean timeOver) {
        RolloutDefinition rules = rollout.definition();
        String name = rollout.groupName(open.number());
        for (int i = 0; i < looks.size(); i++) {
            if (looks.get(i).verdict() == MetricVerdict.INFERIOR) {
                return new Decision(
                        Step.STOP,
                        name + ": " + words(looks.get(i), rules.metrics().get(i)),
                        fresh);
            }
        }
        if (rollout.state() == RolloutState.PAUSED) {
            return new Decision(Step.WAIT, "", fresh);
        }
        for (int i = 0; i < looks.size(); i++) {
            if (looks.get(i).verdict() == MetricVerdict.EARLY_INFERIOR && fresh.contains(looks.get(i))) {
                return new Decision(
                        Step.PAUSE,
                        name + ": " + words(looks.get(i), rules.metrics().get(i)),
                        fresh);
            }
        }
        Optional<String> missing = GroupNotices.missing(rules, open, own, looks).stream()
                .findFirst()
                .map(RolloutNotice::text);
        if (missing.isEmpty()) {
            return GroupNotices.minTime(rules, open, now).isPresent()
                    ? new Decision(Step.WAIT, "", fresh)
                    : new Decision(Step.PASS, name + " has passed", fresh);
        }
        if (!timeOver) {
            return new Decision(Step.WAIT, "", fresh);
        }
        String why = name + " did not pass in time: " + missing.get();
        return new Decision(
                rules.onTimeout() == OnTimeout.STOP
                        ? Step.STOP
                        : rules.onTimeout() == OnTimeout.PAUSE ? Step.PAUSE : Step.PASS,
                why,
                fresh);
    }

    /**
     * Returns the newest look at each metric. Before there are enough devices for a decisive look, early
     * looks search for harm.
     *
     * @param installed the number of devices that have installed the version, and so may have reported the
     *     metric; their reports are counted only if there may be enough of them for a look
     * @param known the newest looks so far
     * @param last whether to look at all reports even if no look is due
     */
    private List<MetricLook> newest(
            RolloutDefinition rules, MetricReports reports, int installed, List<MetricLook> known, boolean last) {
        return rules.metrics().stream()
                .map(metric -> newest(
                        rules,
                        reports,
                        metric,
                        installed,
                        known.stream()
                                .filter(look -> look.metric().equals(metric.name()))
                                .findFirst()
                                .orElse(MetricLook.none(metric.name())),
                        last))
                .toList();
    }

    private MetricLook newest(
            RolloutDefinition rules,
            MetricReports reports,
            Metric metric,
            int installed,
            MetricLook known,
            boolean last) {
        int first = rules.pairsToDecide();
        if (known.verdict() == MetricVerdict.INFERIOR || !isDue(installed, known, first, last)) {
            return known;
        }
        int pairs = reports.pairs(metric);
        if (!isDue(pairs, known, first, last)) {
            return known;
        }
        PairedDifferences differences = reports.differences(metric);
        boolean isFirst = known.pairs() < first;
        return pairs < first
                ? NonInferiority.earlyLook(known.number() + 1, metric, differences, quantile)
                : NonInferiority.look(isFirst ? 1 : known.number() + 1, metric, differences, quantile);
    }

    private static boolean isDue(int pairs, MetricLook known, int first, boolean last) {
        if (pairs < first) {
            return known.verdict() == MetricVerdict.UNDECIDED && NonInferiority.isEarlyLookDue(pairs, known.pairs());
        }
        int seen = known.pairs() < first ? 0 : known.pairs();
        return NonInferiority.isLookDue(pairs, seen, first) || (last && pairs > seen);
    }

    /** Describes the result of a look. */
    public static String words(MetricLook look, Metric metric) {
        if (look.pairs() == 0) {
            return "metric '" + metric.name() + "' is not yet known: no device has reported it for both versions";
        }
        if (look.pairs() == 1) {
            return String.format(
                    Locale.ROOT,
                    "metric '%s' is not yet known: %+.4g on one device, which has no interval, margin %s",
                    metric.name(),
                    look.difference(),
                    metric.margin());
        }
        String interval = String.format(
                Locale.ROOT,
                "%+.4g (%.4g to %.4g, %d devices)",
                look.difference(),
                look.low(),
                look.high(),
                look.pairs());
        return switch (look.verdict()) {
            case NON_INFERIOR ->
                "metric '" + metric.name() + "' is non-inferior: " + interval + ", margin " + metric.margin();
            case INFERIOR -> "metric '" + metric.name() + "' is inferior: " + interval + ", margin " + metric.margin();
            case EARLY_INFERIOR ->
                "metric '" + metric.name() + "' looks inferior before there are enough devices: " + interval
                        + ", margin " + metric.margin();
            case UNDECIDED ->
                "metric '" + metric.name() + "' is not yet known: " + interval + ", margin " + metric.margin();
        };
    }
}
