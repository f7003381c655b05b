package io.evenkeel.engine.rollout;

import io.evenkeel.engine.problem.DisplayText;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides whether a roll-out accepts a device's report. */
public final class ReportRules {

    private static final double MAX_VALUE = 1e300;

    private ReportRules() {}

    /**
     * Checks the fields of a report that depend on each other.
     *
     * @param baseline the previous version; null if the device does not compare
     * @throws ProblemException {@code invalid} with the field
     */
    public static void check(@Nullable Integer baseline, DeviceReport report) {
        report.values().forEach((name, metric) -> {
            if (metric.before() != null) {
                finite("metrics." + name + ".before", metric.before());
            }
            finite("metrics." + name + ".after", metric.after());
        });
        if (!report.values().isEmpty() && report.samples() == null) {
            throw RolloutCheck.invalid(
                    "samples", "is missing, expected the number of samples on which the metrics were computed");
        }
        if (baseline == null && report.values().values().stream().anyMatch(metric -> metric.before() != null)) {
            throw RolloutCheck.invalid(
                    "baseline", "is missing, expected the version that the values 'before' belong to");
        }
        SiteReport site = report.site();
        if (site != null) {
            if (!report.values().isEmpty() || report.samples() != null) {
                throw RolloutCheck.invalid(
                        "site", "is present together with samples or metrics, expected one or the other");
            }
            if (baseline == null && !site.differences().isEmpty()) {
                throw RolloutCheck.invalid(
                        "baseline", "is missing, expected the version with which the site's differences compare");
            }
            check(site);
        }
    }

    private static void check(SiteReport site) {
        DeviceCounts counts = site.devices();
        if ((long) counts.installed() + counts.failed() > counts.asked()) {
            throw RolloutCheck.invalid(
                    "site.asked",
                    "is " + counts.asked() + ", but " + counts.installed() + " installed it and " + counts.failed()
                            + " failed");
        }
        site.differences().forEach((name, metric) -> {
            String field = "site.metrics." + name;
            if (metric.devices() > counts.installed()) {
                throw RolloutCheck.invalid(
                        field + ".devices",
                        "is " + metric.devices() + ", expected at most site.installed, which is " + counts.installed());
            }
            finite(field + ".squares", metric.squares());
            if (metric.squares() < 0) {
                throw RolloutCheck.invalid(field + ".squares", "is " + metric.squares() + ", expected 0 or more");
            }
            finite(field + ".mean", metric.mean());
        });
    }

    private static void finite(String field, double value) {
        if (!(Math.abs(value) <= MAX_VALUE)) {
            throw RolloutCheck.invalid(
                    field, "is " + DisplayText.echo(value) + ", expected -" + MAX_VALUE + " to " + MAX_VALUE);
        }
    }

    /**
     * Decides on a report. A repetition changes nothing, even when the roll-out is over.
     *
     * @param known the device's previous report; empty if the roll-out has not given it the version
     * @param version the version that it reports on
     * @param baseline the previous version; null if it does not compare
     * @return whether the report is new and has to be stored
     * @throws ProblemException {@code rollout-state} if the roll-out is over; {@code forbidden} if it has not
     *     given the device its version; {@code invalid} for another version, and if a relay reports as a
     *     device or a device as a relay
     */
    public static boolean isNew(
            Rollout rollout,
            Optional<DeviceReport> known,
            int version,
            @Nullable Integer baseline,
            DeviceReport report) {
        if (rollout.devicesDeletedAt() != null) {
            throw rollout.wrongState("accepts no more reports");
        }
        DeviceReport before = known.orElseThrow(() -> notGiven(rollout.id()));
        if ((before.site() == null) != (report.site() == null)) {
            throw RolloutCheck.invalid(
                    "site",
                    report.site() == null
                            ? "is missing, expected the combined reports of the devices of this relay's site"
                            : "is present, but the client got the version as a device: its attribute kind was not"
                                    + " relay");
        }
        require("version", version, rollout.version());
        if (baseline != null) {
            require("baseline", baseline, rollout.baseline());
        }
        if (before.equals(report)) {
            return false;
        }
        if (rollout.state().isOver()) {
            throw rollout.wrongState("accepts no more reports");
        }
        return true;
    }

    /** Refuses a device that a roll-out has not given its version. */
    public static ProblemException notGiven(String rollout) {
        return ProblemKind.FORBIDDEN.because(
                "roll-out " + rollout + " has not given this device a version",
                "request the alias, and report only on the roll-out in Evenkeel-Rollout");
    }

    private static void require(String field, int reported, int expected) {
        if (reported != expected) {
            throw RolloutCheck.invalid(field, "is " + reported + ", expected " + expected + ", as the roll-out has it");
        }
    }
}
