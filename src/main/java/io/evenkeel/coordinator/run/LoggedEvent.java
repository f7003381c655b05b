package io.evenkeel.coordinator.run;

import io.evenkeel.engine.run.RunEventType;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event of a run as stored in the database.
 *
 * @param id its key
 * @param run the run's key
 * @param name the run's name
 * @param sequence 1, 2, 3, ... in the run
 * @param type the type of the event
 * @param round the round concerned, or the open one
 * @param at when it happened
 * @param detail the reason, or the changes; null if the type is sufficient
 */
public record LoggedEvent(
        long id,
        long run,
        String name,
        long sequence,
        RunEventType type,
        int round,
        Instant at,
        @Nullable String detail) {}
