package io.evenkeel.coordinator.overview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The installation at a glance.
 *
 * @param now the coordinator's clock
 * @param waiting items that wait for an operator, critical ones first, at most 100
 * @param waitingTotal how many things wait
 * @param running the newest runs that are running, at most 20
 * @param runningTotal how many are running
 * @param latest the latest events, newest first, at most 15; without rounds that opened, closed or were extended again
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
     * @param accepted how many messages the open round has
     * @param needed how many it needs to close
     * @param members how many devices are members
     * @param loss the loss of the round closed last, if it was reported
     * @param stalled whether the open round waits for devices that do not answer
     * @param roundSeconds the time of a round, by the last 20; absent before the first has closed
     * @param expectedEnd when all rounds will be over at this pace; absent if it is stalled
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
