package io.evenkeel.coordinator.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import io.evenkeel.coordinator.lifecycle.RunView;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.run.RunState;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An experiment with the state of its arms.
 *
 * @param experiment the experiment as it is stored
 * @param state its phase
 * @param arms the methods compared; the first is the baseline
 */
@Schema(name = "Experiment")
record ExperimentView(@JsonUnwrapped FleetExperiment experiment, State state, List<ArmView> arms) {

    /** The phase of an experiment. */
    enum State {
        /** No arm has been started. */
        CREATED,
        /** At least one arm has been started, and not all arms are over. */
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
     * @param arm its name, its run, and how the run's definition differs from the common one
     * @param part the devices that may join it
     * @param state the state of its run
     * @param round the open round, or the number of the newest model
     * @param rounds the number of rounds of the run
     * @param members the number of participating devices
     * @param message a notice for the operator, such as why the run failed
     */
    @Schema(name = "ExperimentArm")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ArmView(
            @JsonUnwrapped FleetExperiment.Arm arm,
            RunDefinition.Part part,
            RunState state,
            int round,
            int rounds,
            int members,
            @Nullable String message) {

        private static ArmView of(FleetExperiment.Arm arm, RunView run) {
            RunDefinition definition = run.definition();
            return new ArmView(
                    arm,
                    Objects.requireNonNull(
                            Objects.requireNonNull(definition.devices()).part()),
                    run.state(),
                    run.round(),
                    Objects.requireNonNull(definition.rounds()),
                    run.members(),
                    run.message());
        }
    }

    /** Returns the view of an experiment; {@code runs} contains the arms' runs by name. */
    static ExperimentView of(FleetExperiment experiment, Map<String, RunView> runs) {
        List<ArmView> arms = experiment.arms().stream()
                .map(arm -> ArmView.of(arm, Objects.requireNonNull(runs.get(arm.run()))))
                .toList();
        return new ExperimentView(experiment, state(arms), arms);
    }

    private static State state(List<ArmView> arms) {
        if (arms.stream().allMatch(arm -> arm.state() == RunState.CREATED)) {
            return State.CREATED;
        }
        return arms.stream().allMatch(arm -> arm.state().isOver()) ? State.OVER : State.RUNNING;
    }
}
