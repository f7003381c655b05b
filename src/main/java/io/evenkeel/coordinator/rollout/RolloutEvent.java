package io.evenkeel.coordinator.rollout;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.evenkeel.engine.rollout.RolloutEventType;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event of a roll-out.
 *
 * @param rollout the roll-out's id
 * @param sequence 1, 2, 3, ... in the roll-out
 * @param type the type of the event
 * @param model the model that is rolled out
 * @param alias the alias behind which devices get it
 * @param version the version that is rolled out
 * @param group the number of the group concerned, 1, 2, 3, ...; null if there is none
 * @param at when it happened
 * @param by the operator who did it; null if a rule did
 * @param detail why
 */
@Schema(name = "RolloutEvent")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RolloutEvent(
        String rollout,
        @JsonIgnore int sequence,
        @JsonIgnore RolloutEventType type,
        String model,
        String alias,
        int version,
        @Nullable Integer group,
        Instant at,
        @Nullable String by,
        @Nullable String detail) {

    /** Returns the type's name for readers. */
    @JsonProperty("type")
    public String typeText() {
        return type.text();
    }
}
