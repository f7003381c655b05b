package io.evenkeel.coordinator.run;

import com.fasterxml.jackson.annotation.JsonValue;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A running run that makes no progress: operators see it as stalled.
 *
 * @param reason why it makes none
 * @param since when its open round was opened, after which no round has closed
 */
@Schema(name = "Stalled")
public record RunStall(Reason reason, Instant since) {

    /** A round that was extended this often has stalled: once is normal where the members first drawn did not answer. */
    static final int EXTENSIONS = 2;

    /** The time after a deadline in which some coordinator acts on it, over a failover. */
    static final Duration LATE = Duration.ofMinutes(1);

    /** The reason of a stall. */
    public enum Reason {
        /** Too few messages at the open round's deadline, and at the one after it. */
        TOO_FEW_MESSAGES,
        /** The deadline has passed, and no coordinator has acted on it. */
        NOT_MOVED_ON;

        /** Returns the name in responses. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Judges a run by its row.
     *
     * @param closing whether its open round is frozen, which another coordinator may be summing up
     * @param openedAt when its open round was opened, null before the start
     * @param deadline when the open round's time is up, null if there is no deadline
     * @param extended how often the open round was extended
     * @return empty if it is not running, or waits as runs do
     */
    static Optional<RunStall> of(
            RunState state,
            boolean closing,
            @Nullable Instant openedAt,
            @Nullable Instant deadline,
            int extended,
            Instant now) {
        if (state != RunState.RUNNING || closing || openedAt == null) {
            return Optional.empty();
        }
        if (extended >= EXTENSIONS) {
            return Optional.of(new RunStall(Reason.TOO_FEW_MESSAGES, openedAt));
        }
        boolean late = deadline != null && now.isAfter(deadline.plus(LATE));
        return late ? Optional.of(new RunStall(Reason.NOT_MOVED_ON, openedAt)) : Optional.empty();
    }
}
