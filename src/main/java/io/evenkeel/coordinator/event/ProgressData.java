package io.evenkeel.coordinator.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.coordinator.run.RunSnapshot;
import io.evenkeel.engine.run.RunStall;
import io.evenkeel.engine.run.RunState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The data of a progress event: the state and the round of a run.
 *
 * @param run the run's name
 * @param state the run's state
 * @param round the open round, or the number of the newest model
 * @param rounds R
 * @param accepted the number of messages in the open round
 * @param needed the number of messages that the open round needs
 * @param extended how often the open round was extended
 * @param deadline when the open round times out
 * @param stalled why a running run makes no progress; absent if it does
 * @param message a notice for the operator
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ProgressData(
        String run,
        RunState state,
        int round,
        int rounds,
        int accepted,
        int needed,
        int extended,
        @Nullable Instant deadline,
        @Nullable RunStall stalled,
        @Nullable String message) {

    static ProgressData of(RunSnapshot run, @Nullable RunStall stalled, RunRules rules) {
        return new ProgressData(
                run.name(),
                run.state(),
                run.round(),
                rules.next(run).rounds(),
                run.accepted(),
                rules.open(run).minParticipants(),
                run.extended(),
                run.deadline(),
                stalled,
                run.message());
    }
}
