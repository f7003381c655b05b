package io.evenkeel.coordinator.console;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.engine.definition.StopReason;
import io.evenkeel.engine.run.RunStall;
import io.evenkeel.engine.run.RunState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry in a list of runs.
 *
 * @param name the run's name
 * @param state the run's state
 * @param round the open round, or the number of the newest model
 * @param rounds R
 * @param algorithm the algorithm's name
 * @param compressor the devices' compressor
 * @param dimension d
 * @param accepted the number of messages in the open round
 * @param needed the number of messages that it needs to close
 * @param members the number of devices that took part in the last closed round
 * @param createdAt when it was created
 * @param stalled why a running run makes no progress; absent if it does
 * @param deadline when the open round times out
 * @param message a notice for the operator, if any
 * @param stopReason why it ended or paused automatically, if it did
 * @param description the run's purpose, if its definition states it
 * @param tags the tags of its definition
 * @param loss the loss in about 30 rounds spread evenly over the run; null for rounds where no loss was
 *     reported
 * @param metrics the loss and the metrics of the last closed round, by name
 * @param compression the factor by which compression reduced the size of the messages in these rounds
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RunCard(
        String name,
        RunState state,
        int round,
        int rounds,
        @Nullable String algorithm,
        @Nullable String compressor,
        int dimension,
        int accepted,
        int needed,
        @Nullable Integer members,
        Instant createdAt,
        @Nullable RunStall stalled,
        @Nullable Instant deadline,
        @Nullable String message,
        @Nullable StopReason stopReason,
        @Nullable String description,
        @Nullable List<String> tags,
        List<@Nullable Double> loss,
        Map<String, Double> metrics,
        @Nullable Double compression) {}
