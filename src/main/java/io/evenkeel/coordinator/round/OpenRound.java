package io.evenkeel.coordinator.round;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A run's open round: who was asked, who has answered, and what the round waits for.
 *
 * @param round k
 * @param openedAt when it was opened
 * @param earliestClose before which it does not close unless it is full
 * @param deadline when its time is up
 * @param now the coordinator's time, to count down without the reader's clock
 * @param asked how many members are asked
 * @param accepted how many messages it has
 * @param needed how many it needs to close
 * @param limit how many it takes, absent if that does not matter
 * @param extended how often it was extended for want of messages
 * @param waitsFor what it waits for
 * @param declined how many members declined it and did not answer after all
 * @param missing members that were asked and have neither answered nor declined, in the order of their ordinals, at most 100
 * @param missingCount how many there are
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record OpenRound(
        int round,
        @Nullable Instant openedAt,
        @Nullable Instant earliestClose,
        @Nullable Instant deadline,
        Instant now,
        int asked,
        int accepted,
        int needed,
        @Nullable Integer limit,
        int extended,
        WaitsFor waitsFor,
        int declined,
        List<Missing> missing,
        int missingCount) {

    /**
     * A member that was asked and has not answered.
     *
     * @param client the client
     * @param name the name the device gave itself, if any
     * @param lastRound the newest round it has answered, absent if none
     * @param lastSeenAt when the device last sent a request; updated at most every five minutes
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Missing(
            String client,
            @Nullable String name,
            @Nullable Integer lastRound,
            @Nullable Instant lastSeenAt) {}

    /** What keeps a round open. */
    enum WaitsFor {
        /** It has fewer messages than it needs. */
        MORE_MESSAGES,
        /** It has enough, but its least time has not passed. */
        LEAST_TIME,
        /** It has enough, and waits for the others that were asked until its time is up. */
        OTHERS,
        /** Its messages are being summed. */
        CLOSING,
        /** An operator's resume. */
        RESUME;

        /** Returns the name in responses. */
        @JsonValue
        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
