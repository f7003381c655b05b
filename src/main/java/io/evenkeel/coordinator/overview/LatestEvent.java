package io.evenkeel.coordinator.overview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * An event in the installation.
 *
 * @param at when it happened
 * @param about the kind of object that it concerns
 * @param name the name or id of that object
 * @param type the type of the event, such as {@code run.paused}
 * @param number the round of a run, or the group of a roll-out
 * @param detail the reason, or the changes
 */
@Schema(name = "LatestEvent")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LatestEvent(
        Instant at,
        WaitingItem.Subject about,
        String name,
        String type,
        @Nullable Integer number,
        @Nullable String detail) {

    /** Orders events from newest to oldest. */
    static final Comparator<LatestEvent> NEWEST_FIRST =
            Comparator.comparing(LatestEvent::at).reversed();
}
