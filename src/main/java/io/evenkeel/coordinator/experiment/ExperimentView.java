package io.evenkeel.coordinator.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.evenkeel.coordinator.definition.RunDefinition;
import io.evenkeel.coordinator.lifecycle.RunView;
import io.evenkeel.coordinator.run.RunState;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An experiment with the state of its arms.
 *
 * @param name its name
 * @param state where it is in its life
 * @param assignment whether its devices are split among the arms or take part in all of them in turn
 * @param share the share of the selected devices that the arms take together
 * @param seed what the division of the devices depends on
 * @param block of a crossover: how many rounds a device stays in an arm
 * @param createdBy the name of the operator who created it
 * @param createdAt when
 * @param arms the methods compared; the first is the baseline
 */
@Schema(name = "Experiment")
@JsonInclude(JsonInclude.Include.NON_NULL)
record ExperimentView(
        String name,
        State state,
        Assignment assignment,
        double share,
        String seed,
        @Nullable Integer block,
        String createdBy,
        Instant createdAt,
        List<ArmView> arms) {

    /** The phase in the life of an experiment. */
    enum State {
        /** No arm was started. */
        CREATED,
        /** An arm was started, and one is not over. */
        RUNNING,
        /** All arms are finished, cancelled or failed. */
        OVER;

        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An arm.
     *
     * @param name its name in the experiment
     * @param run the name of its run
     * @param patch what its run's definition has other than the common one
     * @param part the devices that may join it
     * @param state where its run is in its life
     * @param round the open round, or the number of the newest model
     * @param rounds how many rounds the run has
     * @param members how many devices take part
     * @param message what the operator should know, such as why the run failed
     */
    @Schema(name = "ExperimentArm")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ArmView(
            String name,
            String run,
            @Schema(type = "object") ObjectNode patch,
            RunDefinition.Part part,
            RunState state,
            int round,
            int rounds,
            int members,
            @Nullable String message) {

        private static ArmView of(FleetExperiment.Arm arm, RunView run) {
            RunDefinition definition = run.definition();
            return new ArmView(
                    arm.name(),
                    arm.run(),
                    arm.patch(),
                    Objects.requireNonNull(
                            Objects.requireNonNull(definition.devices()).part()),
                    run.state(),
                    run.round(),
                    Objects.requireNonNull(definition.rounds()),
                    run.members(),
                    run.message());
        }
    }

    /** Shows an experiment; {@code runs} has the arms' runs by name. */
    static ExperimentView of(FleetExperiment experiment, Map<String, RunView> runs) {
        List<ArmView> arms = experiment.arms().stream()
                .map(arm -> ArmView.of(arm, Objects.requireNonNull(runs.get(arm.run()))))
                .toList();
        return new ExperimentView(
                experiment.name(),
                state(arms),
                experiment.assignment(),
                experiment.share(),
                experiment.seed(),
                experiment.block(),
                experiment.createdBy(),
                experiment.createdAt(),
                arms);
    }

    private static State state(List<ArmView> arms) {
        if (arms.stream().allMatch(arm -> arm.state() == RunState.CREATED)) {
            return State.CREATED;
        }
        return arms.stream().allMatch(arm -> arm.state().isOver()) ? State.OVER : State.RUNNING;
    }
}
