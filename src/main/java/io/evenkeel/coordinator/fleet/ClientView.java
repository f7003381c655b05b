package io.evenkeel.coordinator.fleet;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client in an operator's response.
 *
 * @param client its id
 * @param name the name that the device gave itself
 * @param enrolledBy the id of its enrolment token
 * @param run the only run it may join; null for any
 * @param certificate the name in the certificate that it must present
 * @param enrolledAt when it enrolled
 * @param lastSeenAt when it last sent a request; may be up to five minutes too early if it sends requests to
 *     another replica
 * @param revokedAt when it was revoked
 * @param erased whether its name, attributes and labels were erased; its id stays for the records of runs
 * @param attributes the attributes that the device reports
 * @param labels the labels that operators have set
 */
@Schema(name = "Client")
record ClientView(
        String client,
        @Nullable String name,
        String enrolledBy,
        @Nullable String run,
        @Nullable String certificate,
        Instant enrolledAt,

        @Schema(
                description =
                        "When the device last sent a request. Up to five minutes too early if it sends its requests to"
                                + " another replica.")
        @Nullable
        Instant lastSeenAt,

        @Nullable Instant revokedAt,
        boolean erased,
        Map<String, String> attributes,
        Map<String, String> labels) {

    static ClientView of(Client client, Profile profile, @Nullable Instant lastSeenAt) {
        return new ClientView(
                client.getId(),
                client.name().orElse(null),
                client.enrolledBy(),
                client.run().orElse(null),
                client.certificate().orElse(null),
                client.enrolledAt(),
                lastSeenAt,
                client.revokedAt().orElse(null),
                client.isErased(),
                profile.attributes().values(),
                profile.labels().values());
    }

    /** Returns the same client with its attributes and labels. */
    ClientView described(Profile profile) {
        return new ClientView(
                client,
                name,
                enrolledBy,
                run,
                certificate,
                enrolledAt,
                lastSeenAt,
                revokedAt,
                erased,
                profile.attributes().values(),
                profile.labels().values());
    }
}
