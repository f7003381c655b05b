package io.evenkeel.coordinator.member;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A member as shown to operators.
 *
 * @param client the client
 * @param name the name that the device gave itself, if any
 * @param ordinal its position in the order in which messages are added
 * @param weight the current w_i
 * @param nextWeight w_i from the next round on, if it changes
 * @param activeFrom the first round it takes part in
 * @param leavingAfter the last round it takes part in, if it is leaving
 * @param sequence the number of its messages that were accepted
 * @param head the digest of its last accepted message
 * @param lastRound the newest round it has answered
 * @param joinedAt when it joined
 * @param silent whether open rounds do not wait for it, because it has missed three consecutive rounds without sending
 *     any request
 * @param lastSeenAt when the device last sent a request; may be up to five minutes out of date if the device
 *     sends its requests to another replica
 * @param attributes the attributes that the device reports
 * @param labels the labels that operators have set
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MemberView(
        String client,
        @Nullable String name,
        int ordinal,
        double weight,
        @Nullable Double nextWeight,
        int activeFrom,
        @Nullable Integer leavingAfter,
        long sequence,
        String head,
        @Nullable Integer lastRound,
        Instant joinedAt,
        boolean silent,

        @Schema(
                description =
                        "When the device last sent a request. Up to five minutes too early if it sends its requests to"
                                + " another replica.")
        @Nullable
        Instant lastSeenAt,

        Map<String, String> attributes,
        Map<String, String> labels) {

    /** Returns a copy of this member with the fleet's data about its client. */
    MemberView known(ClientDirectory.Entry entry, boolean isSilent) {
        return new MemberView(
                client,
                entry.name(),
                ordinal,
                weight,
                nextWeight,
                activeFrom,
                leavingAfter,
                sequence,
                head,
                lastRound,
                joinedAt,
                isSilent,
                entry.lastSeenAt(),
                entry.attributes().values(),
                entry.labels().values());
    }
}
