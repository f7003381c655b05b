package io.evenkeel.coordinator.checkin;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An item of work for a device, as it appears in the response.
 *
 * @param offer the offer it belongs to; not in the response
 * @param kind the kind of work, such as {@code train}
 * @param run the run it belongs to, null for none
 * @param priority the offer's priority
 * @param member whether the device is a member of the run; if not, it joins first
 * @param round the round that selects the device; null if it is not a member yet
 * @param deadline when the round times out; null if it has no deadline
 * @param details fields that only this kind has, null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WorkItem(
        @JsonIgnore WorkOffer offer,
        String kind,
        @Nullable String run,
        int priority,
        boolean member,
        @Nullable Integer round,
        @Nullable Instant deadline,
        @Nullable Object details) {

    /** Creates an item of an offer. */
    public static WorkItem of(
            WorkOffer offer,
            boolean member,
            @Nullable Integer round,
            @Nullable Instant deadline,
            @Nullable Object details) {
        return new WorkItem(offer, offer.kind(), offer.run(), offer.priority(), member, round, deadline, details);
    }
}
