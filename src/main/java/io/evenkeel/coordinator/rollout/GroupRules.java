package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.rollout.RolloutDefinition.Metric;
import io.evenkeel.coordinator.rollout.RolloutDefinition.OnTimeout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Decides by a roll-out's rules what is next for its open group. Reads only, in the caller's transaction, and decides the same for the
 * same database and time. Thread-safe.
 */
@Component
class GroupRules {

    private final RolloutDeviceTable devices;
    private final GroupTable groups;

    GroupRules(RolloutDeviceTable devices, GroupTable groups) {
        this.devices = devices;
        this.groups = groups;
    }

    /** What is next. */
    enum Step {
        WAIT,
        PASS,
        PAUSE,
        STOP
    }

    /**
     * A decision.
     *
     * @param step what is next
     * @param why the reason in words
     * @param looks new looks at metrics, to be stored with it
     */
    record Decision(Step step, String why, List<MetricLook> looks) {

        boolean changesNothing() {
            return step == Step.WAIT && looks.isEmpty();
        }
    }

    /** Decides about a running or paused roll-out whose group is open. A paused one can only stop. */
    Decision decide(Rollout rollout, OpenedGroup open, Instant now) {
        RolloutDefinition rules = rollout.definition();
        Map<Integer, DeviceCounts> counts = devices.counts(rollout.id());
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
        List<MetricLook> before = groups.looks(rollout.id(), open.number());
        List<MetricLook> fresh = new ArrayList<>();
        List<MetricLook> newest = new ArrayList<>();
        for (Metric metric : rules.metrics()) {
            boolean last = timeOver && rollout.state() == RolloutState.RUNNING;
            newest.add(newest(rollout, open, metric, own.installed(), before, last, fresh));
        }
        return decide(rollout, open, own, newest, fresh, now, timeOver);
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
        Optional<String> missing = missing(rules, own, looks);
        if (rollout.state() == RolloutState.PAUSED) {
            return new Decision(Step.WAIT, "", fresh);
        }
        if (missing.isEmpty()) {
            boolean early = now.isBefore(open.openedAt().plus(rules.minTime()));
            return early ? new Decision(Step.WAIT, "", fresh) : new Decision(Step.PASS, name + " has passed", fresh);
        }
        if (!timeOver) {
            return new Decision(Step.WAIT, "", fresh);
        }
        String why = name + " has not passed in its time: " + missing.get();
        return new Decision(
                rules.onTimeout() == OnTimeout.STOP
                        ? Step.STOP
                        : rules.onTimeout() == OnTimeout.PAUSE ? Step.PAUSE : Step.PASS,
                why,
                fresh);
    }

    private static Optional<String> missing(RolloutDefinition rules, DeviceCounts own, List<MetricLook> looks) {
        if (own.reports() < rules.reports()) {
            return Optional.of("it has " + own.reports() + " of " + rules.reports() + " reports");
        }
        if (own.success() < rules.success()) {
            return Optional.of(own.installed() + " of " + own.reports()
                    + " devices that reported have installed it, less" + " than the share " + rules.success());
        }
        for (int i = 0; i < looks.size(); i++) {
            if (looks.get(i).verdict() != MetricVerdict.NON_INFERIOR) {
                return Optional.of(words(looks.get(i), rules.metrics().get(i)));
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the newest look at a metric. The last one is taken when the group's time is over.
     *
     * @param installed how many devices have installed the version, and so may have reported the metric; their reports are counted only if
     *     there may be enough of them for a look
     */
    private MetricLook newest(
            Rollout rollout,
            OpenedGroup open,
            Metric metric,
            int installed,
            List<MetricLook> before,
            boolean last,
            List<MetricLook> fresh) {
        MetricLook known = before.stream()
                .filter(look -> look.metric().equals(metric.name()))
                .findFirst()
                .orElse(new MetricLook(metric.name(), 0, 0, 0, 0, 0, MetricVerdict.UNDECIDED));
        if (known.verdict() != MetricVerdict.UNDECIDED) {
            return known;
        }
        int first = Math.max(2, rollout.definition().reports());
        boolean isDue = isDue(installed, known, first, last)
                && isDue(devices.pairs(rollout.id(), open.number(), metric), known, first, last);
        if (!isDue) {
            return known;
        }
        MetricLook look = NonInferiority.look(
                known.number() + 1, metric, devices.differences(rollout.id(), open.number(), metric));
        fresh.add(look);
        return look;
    }

    private static boolean isDue(int pairs, MetricLook known, int first, boolean last) {
        return NonInferiority.isLookDue(pairs, known.pairs(), first)
                || (last && pairs >= first && pairs > known.pairs());
    }

    /** Says what a look has found. */
    static String words(MetricLook look, Metric metric) {
        if (look.pairs() == 0) {
            return "metric '" + metric.name()
                    + "' is not yet known: too few devices have reported it for both versions";
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
            case UNDECIDED ->
                "metric '" + metric.name() + "' is not yet known: " + interval + ", margin " + metric.margin();
        };
    }
}
