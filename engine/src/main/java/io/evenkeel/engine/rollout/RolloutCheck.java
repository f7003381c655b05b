package io.evenkeel.engine.rollout;

import io.evenkeel.engine.problem.DisplayText;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.rollout.RolloutDefinition.Metric;
import io.evenkeel.engine.rollout.RolloutDefinition.OnTimeout;
import io.evenkeel.engine.selection.DeviceSelector;
import io.evenkeel.engine.selection.SelectorSyntaxException;
import io.evenkeel.engine.text.DurationText;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the rules of a roll-out that annotations on {@link RolloutDefinition} cannot express. */
public final class RolloutCheck {

    private static final Duration MAX_TIME = Duration.ofDays(365);
    private static final Duration MIN_TIME = Duration.ofSeconds(1);

    // The time a device was last seen is written at most every five minutes.
    private static final Duration MIN_SEEN = Duration.ofMinutes(10);

    private RolloutCheck() {}

    /**
     * Checks what the annotations cannot express.
     *
     * @throws ProblemException {@code invalid} with the wrong field
     */
    public static void check(RolloutDefinition asked) {
        shown("description", asked.description());
        selector("selector", asked.selector());
        groups(asked.groups());
        time("groupTime", asked.groupTime(), MIN_TIME);
        time("minTime", asked.minTime(), Duration.ZERO);
        if (asked.minTime().compareTo(asked.groupTime()) > 0) {
            throw invalid(
                    "minTime",
                    "is " + DurationText.of(asked.minTime()) + ", expected at most groupTime, which is "
                            + DurationText.of(asked.groupTime()));
        }
        time("seenWithin", asked.seenWithin(), MIN_SEEN);
        metrics(asked.metrics());
    }

    /**
     * Returns the definition of a site's roll-out that follows an upstream one: all devices are in one group, and only
     * the upstream rules apply to it.
     *
     * @param metrics the metrics that devices report
     * @param upstream the id of the upstream roll-out
     */
    public static RolloutDefinition following(
            String model, String alias, int version, List<Metric> metrics, String upstream) {
        return new RolloutDefinition(
                model,
                version,
                alias,
                "follows roll-out " + upstream + " of the coordinator above",
                null,
                RolloutDefinition.DEFAULT_SEEN,
                List.of(new RolloutGroupRule(null, 1.0, null, null)),
                1,
                0.0,
                0.0,
                1.0,
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
            shown(field + ".name", group.name());
            selector(field + ".selector", group.selector());
            if (group.share() != null) {
                share = above(field + ".share", group.share(), share);
            }
            if (group.devices() != null) {
                devices = (int) above(field + ".devices", group.devices(), devices);
            }
        }
    }

    private static void shown(String field, @Nullable String text) {
        if (text != null) {
            DisplayText.faultIn(text).ifPresent(fault -> {
                throw invalid(field, fault);
            });
        }
    }

    private static double above(String field, double value, double before) {
        if (value <= before) {
            throw invalid(field, "is not above the one before: a group includes the devices of the smaller ones");
        }
        return value;
    }

    private static void metrics(List<Metric> metrics) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < metrics.size(); i++) {
            if (!names.add(metrics.get(i).name())) {
                throw invalid("metrics[" + i + "].name", "is listed twice, expected each metric once");
            }
        }
    }

    private static void time(String field, Duration time, Duration shortest) {
        if (time.compareTo(shortest) < 0 || time.compareTo(MAX_TIME) > 0) {
            throw invalid(
                    field,
                    "is " + DurationText.of(time) + ", expected " + DurationText.of(shortest) + " to "
                            + DurationText.of(MAX_TIME));
        }
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
