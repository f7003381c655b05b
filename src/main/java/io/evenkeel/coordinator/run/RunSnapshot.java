package io.evenkeel.coordinator.run;

import io.evenkeel.engine.run.RunState;
import io.evenkeel.engine.run.StalledRound;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state and round of a run, for streams and metrics.
 *
 * @param id its key
 * @param name the run's name
 * @param state the run's state
 * @param closing whether the open round's messages are frozen
 * @param round the open round, or the number of the newest model
 * @param accepted number of messages in the open round
 * @param extended how often the open round was extended
 * @param deadline the end of the open round's time, null if there is none
 * @param message a notice for the operator, null for none
 * @param revision the newest revision of the definition
 * @param openRevision the revision of the open round
 * @param startedAt when round 0 opened, null before
 * @param openedAt when the open round was opened, null before the start
 * @param events the sequence number of its newest event, 0 if there is none
 */
public record RunSnapshot(
        long id,
        String name,
        RunState state,
        boolean closing,
        int round,
        int accepted,
        int extended,
        @Nullable Instant deadline,
        @Nullable String message,
        int revision,
        int openRevision,
        @Nullable Instant startedAt,
        @Nullable Instant openedAt,
        long events) {

    /** Returns the run's open round if that has stalled, empty if the run makes progress or is not running. */
    public Optional<StalledRound> stalled(Instant now) {
        return StalledRound.isOf(state, closing, deadline, extended, now)
                ? Optional.of(new StalledRound(
                        id,
                        round,
                        Objects.requireNonNull(openedAt, "a running run has an open round"),
                        accepted,
                        extended,
                        message))
                : Optional.empty();
    }
}
