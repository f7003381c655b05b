package io.evenkeel.engine.rollout;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Null;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a roll-out. The constructor fills in defaults. Annotations check single fields of a request, and {@link
 * RolloutCheck} the rest.
 *
 * @param model the registered model
 * @param version the version to roll out
 * @param alias the alias through which devices get it, and which points to it at the end
 * @param description its purpose
 * @param selector chooses the devices that take part before the alias moves; default every device
 * @param seenWithin devices seen within this time when a group opens count as alive, default 7 days
 * @param groups the groups, in the order in which they open
 * @param reports the number of devices that must have reported before a group passes or a rate stops the roll-out,
 *     default 10
 * @param coverage share of a group's live devices that must have reported for it to pass, default 0.5
 * @param success share of the reports of a group that must be successes for it to pass, default 0.95
 * @param error share of failures among the reports of a group above which the roll-out stops, and the probability of
 *     passing a version that is worse than permitted, default 0.05
 * @param metrics metrics on the devices' own data that must not be inferior to those of the previous version
 * @param minTime the minimum time that a group stays open, default 0
 * @param groupTime the maximum time for a group to pass, default 1 day
 * @param onTimeout the action if it does not, default pause
 * @param approval whether a second operator must approve it before it starts, default false
 * @param upstream the id of the roll-out of the upstream coordinator that this one follows, which only relays set
 */
@Schema(name = "RolloutDefinition")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RolloutDefinition(
        @NotNull(message = "is missing, expected a registered model's name")
        String model,

        @NotNull(message = "is missing, expected a version's number")
        Integer version,

        @NotNull(message = "is missing, expected an alias, such as production")
        String alias,

        @Size(max = 1000) @Nullable String description,
        @Nullable String selector,
        Duration seenWithin,

        @NotNull(message = "is missing, expected 1 to 20 groups, such as [{\"share\": 0.05}, {\"share\": 1}]")
        @Size(min = 1, max = 20)
        List<@NotNull @Valid RolloutGroupRule> groups,

        @Min(1) @Max(1_000_000) Integer reports,
        @DecimalMin("0") @DecimalMax("1") Double coverage,
        @DecimalMin("0") @DecimalMax("1") Double success,
        @DecimalMin("0") @DecimalMax("1") Double error,
        @Size(max = 8) List<@NotNull @Valid Metric> metrics,
        Duration minTime,
        Duration groupTime,
        OnTimeout onTimeout,
        Boolean approval,

        @Null(message = "is set, but only relays follow a roll-out of the coordinator above: leave it out")
        @Schema(accessMode = Schema.AccessMode.READ_ONLY)
        @Nullable
        String upstream) {

    /** The default of {@code seenWithin}. */
    static final Duration DEFAULT_SEEN = Duration.ofDays(7);

    public RolloutDefinition {
        seenWithin = Objects.requireNonNullElse(seenWithin, DEFAULT_SEEN);
        reports = Objects.requireNonNullElse(reports, 10);
        coverage = Objects.requireNonNullElse(coverage, 0.5);
        success = Objects.requireNonNullElse(success, 0.95);
        error = Objects.requireNonNullElse(error, 0.05);
        metrics = Objects.requireNonNullElse(metrics, List.of());
        minTime = Objects.requireNonNullElse(minTime, Duration.ZERO);
        groupTime = Objects.requireNonNullElse(groupTime, Duration.ofDays(1));
        onTimeout = Objects.requireNonNullElse(onTimeout, OnTimeout.PAUSE);
        approval = Objects.requireNonNullElse(approval, false);
    }

    /** Returns the number of reports from which metrics can pass a group or stop the roll-out. */
    public int pairsToDecide() {
        return Math.max(2, reports);
    }

    /**
     * A metric that must not be inferior.
     *
     * @param name its name in the devices' reports
     * @param better whether higher or lower values are better, default higher
     * @param margin the amount by which the version may be worse in the mean over devices, in the metric's
     *     unit
     * @param confidence the confidence of the one-sided bound, default 0.95
     * @param minSamples reports on fewer samples are not compared, default 1
     */
    @Schema(name = "RolloutMetricRule")
    public record Metric(
            @NotNull @Pattern(regexp = NAME, message = NAMES)
            String name,

            Better better,

            @NotNull(message = "is missing, expected how much worse the metric may be, 0 or more")
            @DecimalMin("0")
            @DecimalMax("1e300")
            Double margin,

            @DecimalMin("0.5") @DecimalMax("0.9999") Double confidence,
            @Min(1) Long minSamples) {

        /** The pattern of metrics' names. */
        public static final String NAME = "[a-z0-9_.-]{1,64}";

        /** Describes the names that {@link #NAME} allows. */
        public static final String NAMES = "must be 1 to 64 of a-z, 0-9, '_', '.' and '-'";

        public Metric {
            better = Objects.requireNonNullElse(better, Better.HIGHER);
            confidence = Objects.requireNonNullElse(confidence, 0.95);
            minSamples = Objects.requireNonNullElse(minSamples, 1L);
        }
    }

    /** The direction in which a metric is better. */
    public enum Better {
        HIGHER,
        LOWER;

        /** Returns the name in definitions. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The action when a group's time is over and it has not passed. */
    public enum OnTimeout {
        /** The roll-out waits for an operator. */
        PAUSE,
        /** The roll-out ends, and devices return to the previous version. */
        STOP,
        /** The next group opens nevertheless. */
        CONTINUE;

        /** Returns the name in definitions. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
