package io.evenkeel.coordinator.overview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A summary of the installation.
 *
 * @param now the time of the coordinator's clock
 * @param waiting the items that need an operator's attention, critical ones first, at most 100
 * @param waitingTotal the number of waiting items
 * @param running the newest runs that are running, at most 20
 * @param runningTotal the number of running runs
 * @param latest the latest events, newest first, at most 15; without events about rounds that opened, closed
 *     or were extended again
 */
@Schema(name = "Overview")
record Overview(
        Instant now,
        List<WaitingItem> waiting,
        int waitingTotal,
        List<Running> running,
        int runningTotal,
        List<LatestEvent> latest) {

    /**
     * A run that is running.
     *
     * @param name the run's name
     * @param round the open round
     * @param rounds R
     * @param accepted the number of messages in the open round
     * @param needed the number of messages that the round needs to close
     * @param members the number of members
     * @param loss the loss of the last closed round, if it was reported
     * @param stalled whether the open round waits for devices that do not answer
     * @param roundSeconds the mean duration of the last 20 rounds; absent before the first has closed
     * @param expectedEnd when all rounds will be closed at this pace; absent if the run is stalled
     */
    @Schema(name = "RunningRun")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Running(
            String name,
            int round,
            int rounds,
            int accepted,
            int needed,
            int members,
            @Nullable Double loss,
            boolean stalled,
            @Nullable Double roundSeconds,
            @Nullable Instant expectedEnd) {}
}
