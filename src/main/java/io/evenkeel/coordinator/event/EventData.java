package io.evenkeel.coordinator.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.run.LoggedEvent;
import io.evenkeel.engine.round.RoundRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The data of a recorded event.
 *
 * @param run the run's name
 * @param round the round concerned, or the open one
 * @param at when it happened
 * @param detail the reason, or the changes
 * @param figures the figures of the round, for {@code round.closed}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EventData(
        String run,
        int round,
        Instant at,
        @Nullable String detail,
        @Nullable RoundRecord figures) {

    public static EventData of(LoggedEvent event, @Nullable RoundRecord figures) {
        return new EventData(event.name(), event.round(), event.at(), event.detail(), figures);
    }
}
