package io.evenkeel.coordinator.evaluation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.platform.problem.DisplayName;
import io.evenkeel.engine.selection.DevicePart;
import io.evenkeel.engine.selection.DeviceSelector;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/**
 * A request for an evaluation.
 *
 * @param name its name; by default one is chosen
 * @param model a registered model, with its version; or else
 * @param version a number, or {@code @} and an alias, which is resolved now
 * @param run a run, with a round
 * @param round the round whose model is measured; by default the newest
 * @param devices the devices that are asked; by default all
 * @param participants the number of results that are needed and accepted
 * @param time how long results are accepted, 1 s to 30 days, default 24 h
 * @param breakdown up to 5 attributes or labels by which results are grouped
 * @param goals {@code min} or {@code max} for a metric, which determines the worst group; default {@code min} for
 *     loss, else {@code max}
 */
@Schema(name = "EvaluationRequest")
record EvaluationRequest(
        @Pattern(regexp = NAME, message = "must be 1 to 64 of a-z, 0-9 and -") @Nullable
        String name,

        @Pattern(regexp = NAME, message = "must be the name of a registered model: 1 to 64 of a-z, 0-9 and -") @Nullable
        String model,

        @Size(max = 65) @Nullable String version,

        @Pattern(regexp = NAME, message = "must be the name of a run: 1 to 64 of a-z, 0-9 and -") @Nullable
        String run,

        @Min(0) @Nullable Integer round,
        @Valid @Nullable Devices devices,
        @Valid @Nullable Participants participants,

        @DurationMin(seconds = 1) @DurationMax(days = 30) @Nullable
        Duration time,

        @Size(max = 5) @Nullable List<@NotNull @Size(max = 320) String> breakdown,

        @Size(max = 32) @Nullable
        Map<String, @NotNull @Pattern(regexp = "min|max", message = "must be min or max") String> goals) {

    private static final String NAME = "[a-z0-9-]{1,64}";

    /**
     * The devices that are asked.
     *
     * @param selector chooses devices by attributes and labels; default all
     * @param share a random share of these, above 0 and at most 1, default 1; or else
     * @param number the approximate number of these, drawn at random
     * @param seed the seed of the draw; by default the evaluation's name
     */
    @Schema(name = "EvaluationDevices")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Devices(
            @Size(max = DeviceSelector.MAX_LENGTH) @Nullable String selector,
            @Nullable Double share,
            @Positive @Nullable Long number,

            @Size(min = 1, max = DevicePart.MAX_SEED_LENGTH) @DisplayName @Nullable
            String seed) {}

    /**
     * The numbers of results that are needed and accepted.
     *
     * @param min the minimum number; with fewer at the deadline, the evaluation is too small; default 1
     * @param max the number of results with which it ends; default none
     */
    @Schema(name = "EvaluationParticipants")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Participants(
            @Min(1) @Max(1_000_000_000) @Nullable Integer min,
            @Min(1) @Max(1_000_000_000) @Nullable Integer max) {}
}
