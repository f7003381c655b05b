package io.evenkeel.coordinator.experiment;

import io.evenkeel.coordinator.platform.problem.DisplayName;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.experiment.Assignment;
import io.evenkeel.engine.selection.DevicePart;
import io.evenkeel.engine.selection.DeviceSelector;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request for an experiment.
 *
 * @param name its name; an arm's run is named after the experiment and the arm
 * @param definition the definition that all arms share, without a name
 * @param arms how each arm differs from the definition, by the arm's name: a merge patch (RFC 7396). The first is the
 *     baseline
 * @param share the share of the selected devices for all arms together, above 0 and at most 1, default 1
 * @param selector chooses the devices that may take part; default all
 * @param assignment whether devices are split among the arms, which is the default, or take part in all of them in turn
 *     (crossover)
 * @param block for a crossover, the number of rounds that a device stays in an arm, default 1
 * @param seed the seed for dividing the devices; by default the experiment's name
 */
@Schema(name = "ExperimentRequest")
record ExperimentRequest(
        @NotNull @Pattern(regexp = "[a-z0-9-]{1,40}", message = "must be 1 to 40 of a-z, 0-9 and -")
        String name,

        @NotNull @Schema(implementation = RunDefinition.class)
        ObjectNode definition,

        @NotNull @Size(min = 2, max = 10, message = "must be two to ten arms, each with a name and what it changes")
        LinkedHashMap<
                        @Pattern(regexp = "[a-z0-9-]{1,23}", message = "must be 1 to 23 of a-z, 0-9 and -") String,
                        @NotNull ObjectNode>
                arms,

        @Nullable Double share,
        @Size(max = DeviceSelector.MAX_LENGTH) @Nullable String selector,

        @Pattern(regexp = Assignment.TEXTS, message = "must be one of split, crossover") @Nullable
        String assignment,

        @Min(1) @Max(1_000_000) @Nullable Integer block,

        @Size(min = 1, max = DevicePart.MAX_SEED_LENGTH) @DisplayName @Nullable
        String seed) {}
