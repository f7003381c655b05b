package io.evenkeel.coordinator.experiment;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.engine.experiment.Assignment;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An experiment as it is stored.
 *
 * @param name its name
 * @param assignment how devices are assigned to arms
 * @param share the share of the devices for all arms together
 * @param seed the seed for dividing the devices
 * @param block for a crossover, the number of rounds that a device stays in an arm; null for a split
 * @param createdBy the name of the operator who created it
 * @param createdAt when it was created
 * @param arms at least two, in order; the first is the baseline
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record FleetExperiment(
        String name,
        Assignment assignment,
        double share,
        String seed,
        @Nullable Integer block,
        String createdBy,
        Instant createdAt,
        @JsonIgnore List<Arm> arms) {

    FleetExperiment {
        arms = List.copyOf(arms);
    }

    /** Returns the names of the arms' runs. */
    List<String> runs() {
        return arms.stream().map(Arm::run).toList();
    }

    /**
     * One of the methods compared.
     *
     * @param name its name in the experiment
     * @param run the name of its run
     * @param patch a merge patch of the common definition
     */
    record Arm(
            String name,
            String run,
            @Schema(type = "object") ObjectNode patch) {}
}
