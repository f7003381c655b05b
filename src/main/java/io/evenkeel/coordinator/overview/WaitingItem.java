package io.evenkeel.coordinator.overview;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An item that needs an operator's attention.
 *
 * @param code the kind of item
 * @param critical whether something has stopped or data is at risk
 * @param about the kind of object that it concerns
 * @param name the name or id of that object
 * @param since the time when it began, if known
 * @param message a sentence that describes the problem
 * @param command the command that shows or resolves it
 */
@Schema(name = "WaitingItem")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WaitingItem(
        WaitingCode code,
        boolean critical,
        Subject about,
        String name,
        @Nullable Instant since,
        String message,
        String command) {

    /** Orders critical items before others, and then from oldest to newest. */
    static final Comparator<WaitingItem> ORDER = Comparator.comparing(WaitingItem::critical)
            .reversed()
            .thenComparing(WaitingItem::since, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(WaitingItem::name);

    /** The kinds of objects that items and events concern. */
    @Schema(name = "OverviewSubject")
    public enum Subject {
        RUN,
        ROLLOUT,
        MODEL,
        RELAY,
        SYSTEM;

        /** Returns the name in responses. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
