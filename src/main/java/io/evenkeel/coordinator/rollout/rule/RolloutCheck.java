package io.evenkeel.coordinator.rollout.rule;

import io.evenkeel.coordinator.platform.http.DurationText;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.rollout.rule.RolloutDefinition.Better;
import io.evenkeel.coordinator.rollout.rule.RolloutDefinition.Metric;
import io.evenkeel.coordinator.rollout.rule.RolloutDefinition.OnTimeout;
import io.evenkeel.coordinator.selection.DeviceSelector;
import io.evenkeel.coordinator.selection.SelectorSyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks rules that annotations on {@link RolloutRequest} cannot express, and fills in defaults. */
public final class RolloutCheck {

    static final Duration MAX_TIME = Duration.ofDays(365);

    private static final int DEFAULT_REPORTS = 10;
    private static final double DEFAULT_COVERAGE = 0.5;
    private static final double DEFAULT_SUCCESS = 0.95;
    private static final double DEFAULT_ERROR = 0.05;
    private static final double DEFAULT_CONFIDENCE = 0.95;
    private static final Duration DEFAULT_TIME = Duration.ofDays(1);
    private static final Duration MIN_TIME = Duration.ofSeconds(1);
    private static final Duration DEFAULT_SEEN = Duration.ofDays(7);

    // The time a device was last seen is written at most every five minutes.
    private static final Duration MIN_SEEN = Duration.ofMinutes(10);

    private RolloutCheck() {}

    /**
     * Returns the definition with its defaults filled in.
     *
     * @throws ProblemException {@code invalid} with the wrong field
     */
    public static RolloutDefinition complete(RolloutRequest asked) {
        selector("selector", asked.selector());
        groups(asked.groups());
        Duration groupTime = time("groupTime", asked.groupTime(), DEFAULT_TIME, MIN_TIME);
        Duration minTime = time("minTime", asked.minTime(), Duration.ZERO, Duration.ZERO);
        if (minTime.compareTo(groupTime) > 0) {
            throw invalid(
                    "minTime",
                    "is " + DurationText.of(minTime) + ", expected at most groupTime, which is "
                            + DurationText.of(groupTime));
        }
        return new RolloutDefinition(
                asked.model(),
                asked.version(),
                asked.alias(),
                asked.description(),
                asked.selector(),
                time("seenWithin", asked.seenWithin(), DEFAULT_SEEN, MIN_SEEN),
                asked.groups(),
                Objects.requireNonNullElse(asked.reports(), DEFAULT_REPORTS),
                Objects.requireNonNullElse(asked.coverage(), DEFAULT_COVERAGE),
                Objects.requireNonNullElse(asked.success(), DEFAULT_SUCCESS),
                Objects.requireNonNullElse(asked.error(), DEFAULT_ERROR),
                metrics(asked.metrics() == null ? List.of() : asked.metrics()),
                minTime,
                groupTime,
                Objects.requireNonNullElse(asked.onTimeout(), OnTimeout.PAUSE),
                Objects.requireNonNullElse(asked.approval(), false),
                null);
    }

    /**
     * Returns the definition of a roll-out at a site that follows one above: all devices are in one group, which the rules above decide.
     *
     * @param metrics the metrics that devices report
     * @param upstream the id of the roll-out above
     */
    public static RolloutDefinition following(
            String model, String alias, int version, List<Metric> metrics, String upstream) {
        return new RolloutDefinition(
                model,
                version,
                alias,
                "follows roll-out " + upstream + " of the coordinator above",
                null,
                DEFAULT_SEEN,
                List.of(new RolloutGroupRule(null, 1.0, null, null)),
                1,
                0.0,
                0,
                1,
                metrics,
                Duration.ZERO,
                MAX_TIME,
                OnTimeout.PAUSE,
                false,
                upstream);
    }

    private static void groups(List<RolloutGroupRule> groups) {
        double share = 0;
        int devices = 0;
        for (int i = 0; i < groups.size(); i++) {
            RolloutGroupRule group = groups.get(i);
            String field = "groups[" + i + "]";
            int rules = (group.share() == null ? 0 : 1)
                    + (group.devices() == null ? 0 : 1)
                    + (group.selector() == null ? 0 : 1);
            if (rules != 1) {
                throw invalid(field, "has " + rules + " of share, devices and selector, expected one of them");
            }
            selector(field + ".selector", group.selector());
            if (group.share() != null) {
                share = above(field + ".share", group.share(), share);
            }
            if (group.devices() != null) {
                devices = (int) above(field + ".devices", group.devices(), devices);
            }
        }
    }

    private static double above(String field, double value, double before) {
        if (value <= before) {
            throw invalid(field, "is not above the one before: a group includes the devices of the smaller ones");
        }
        return value;
    }

    private static List<Metric> metrics(List<RolloutRequest.Metric> metrics) {
        Set<String> names = new HashSet<>();
        List<Metric> complete = new ArrayList<>();
        for (int i = 0; i < metrics.size(); i++) {
            RolloutRequest.Metric metric = metrics.get(i);
            if (!names.add(metric.name())) {
                throw invalid("metrics[" + i + "].name", "is there twice, expected each metric once");
            }
            complete.add(new Metric(
                    metric.name(),
                    Objects.requireNonNullElse(metric.better(), Better.HIGHER),
                    metric.margin(),
                    Objects.requireNonNullElse(metric.confidence(), DEFAULT_CONFIDENCE),
                    Objects.requireNonNullElse(metric.minSamples(), 1L)));
        }
        return complete;
    }

    private static Duration time(String field, @Nullable Duration asked, Duration otherwise, Duration shortest) {
        Duration time = asked == null ? otherwise : asked;
        if (time.compareTo(shortest) < 0 || time.compareTo(MAX_TIME) > 0) {
            throw invalid(
                    field,
                    "is " + DurationText.of(time) + ", expected " + DurationText.of(shortest) + " to "
                            + DurationText.of(MAX_TIME));
        }
        return time;
    }

    private static void selector(String field, @Nullable String text) {
        if (text == null) {
            return;
        }
        try {
            var unused = DeviceSelector.parse(text);
        } catch (SelectorSyntaxException e) {
            throw ProblemKind.INVALID
                    .because(field + ": " + e.getMessage(), "correct the selector and send the request again")
                    .with("field", field)
                    .with("position", e.position());
        }
    }

    public static ProblemException invalid(String field, String what) {
        return ProblemKind.INVALID
                .because(field + ": " + what, "correct it and send the request again")
                .with("field", field);
    }
}
