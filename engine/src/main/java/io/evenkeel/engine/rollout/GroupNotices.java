package io.evenkeel.engine.rollout;

import io.evenkeel.engine.rollout.RolloutDefinition.Better;
import io.evenkeel.engine.rollout.RolloutDefinition.Metric;
import io.evenkeel.engine.rollout.RolloutNotice.Code;
import io.evenkeel.engine.text.DurationText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Describes the conditions that a group must still meet to pass, and warns its operator. */
public final class GroupNotices {

    private GroupNotices() {}

    /**
     * Returns the conditions that a group must still meet to pass, except for time, in the order of the
     * rules; empty if there are none.
     */
    public static List<RolloutNotice> missing(
            RolloutDefinition rules, OpenedGroup open, DeviceCounts own, List<MetricLook> looks) {
        List<RolloutNotice> missing = new ArrayList<>();
        int needed = open.reportsNeeded(rules, own);
        if (own.reports() < needed) {
            missing.add(RolloutNotice.of(Code.REPORTS, own.reports(), needed, reports(open, own, needed)));
        }
        if (own.reports() > 0 && own.success() < rules.success()) {
            missing.add(RolloutNotice.of(
                    Code.SUCCESS,
                    own.success(),
                    rules.success(),
                    own.installed() + " of " + own.reports()
                            + " devices that reported have installed it, less than the share " + rules.success()));
        }
        for (int i = 0; i < looks.size(); i++) {
            MetricLook look = looks.get(i);
            if (look.verdict() != MetricVerdict.NON_INFERIOR) {
                missing.add(new RolloutNotice(
                        Code.METRIC,
                        look.metric(),
                        (double) look.pairs(),
                        (double) rules.pairsToDecide(),
                        null,
                        GroupRules.words(look, rules.metrics().get(i))));
            }
        }
        return missing;
    }

    private static String reports(OpenedGroup open, DeviceCounts own, int needed) {
        String text = "it has " + own.reports() + " of " + needed + " reports";
        if (open.alive() == null) {
            return text;
        }
        int silent = own.asked() - own.reports();
        int away = Math.max(0, open.alive() - own.asked());
        return text + "; of its " + open.devicesToReport(own) + " devices " + silent
                + " have the version and have not reported, and " + away + " have not requested it";
    }

    /** Returns the time until which a group must stay open; empty if that time has passed. */
    public static Optional<RolloutNotice> minTime(RolloutDefinition rules, OpenedGroup open, Instant now) {
        Instant until = open.openedAt().plus(rules.minTime());
        return now.isBefore(until)
                ? Optional.of(new RolloutNotice(
                        Code.MIN_TIME, null, null, null, until, "it stays open until " + until + " at least"))
                : Optional.empty();
    }

    /** Reports that a group cannot pass with its devices; empty if it can, or if they were not counted. */
    public static Optional<RolloutNotice> tooFew(RolloutDefinition rules, OpenedGroup open, DeviceCounts own) {
        int needed = Math.max(rules.reports(), rules.metrics().isEmpty() ? 1 : rules.pairsToDecide());
        int devices = open.devicesToReport(own);
        return open.alive() == null || devices >= needed
                ? Optional.empty()
                : Optional.of(RolloutNotice.of(
                        Code.TOO_FEW_DEVICES,
                        devices,
                        needed,
                        "it adds " + devices + " devices seen within " + DurationText.of(rules.seenWithin())
                                + " and needs " + needed + " reports: it cannot pass unless more devices join"));
    }

    /** Warns of metrics whose mean is worse than the margin allows while there is no verdict. */
    public static List<RolloutNotice> worse(RolloutDefinition rules, List<MetricLook> looks) {
        List<RolloutNotice> worse = new ArrayList<>();
        for (int i = 0; i < looks.size(); i++) {
            MetricLook look = looks.get(i);
            Metric metric = rules.metrics().get(i);
            double gain = metric.better() == Better.HIGHER ? look.difference() : -look.difference();
            if (look.pairs() > 0 && gain < -metric.margin() && look.verdict() != MetricVerdict.INFERIOR) {
                worse.add(new RolloutNotice(
                        Code.WORSE_SO_FAR,
                        metric.name(),
                        look.difference(),
                        metric.margin(),
                        null,
                        String.format(
                                Locale.ROOT,
                                "metric '%s' is worse so far: %+.4g in the mean of %d devices, margin %s",
                                metric.name(),
                                look.difference(),
                                look.pairs(),
                                metric.margin())));
            }
        }
        return worse;
    }
}
