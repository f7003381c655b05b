package io.evenkeel.coordinator.access;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One request that changed something, or was to.
 *
 * @param id ascending in time
 * @param at when it came
 * @param actor the name of the credentials: of the token, or the subject of the identity provider's
 * @param role operator or viewer
 * @param address where it came from
 * @param method such as POST
 * @param path without query, tokens cut out
 * @param run the run it was about, if any
 * @param status of the answer; none if the coordinator died over it
 */
@Schema(name = "AuditEntry")
record AuditEntry(
        long id,
        Instant at,
        String actor,
        String role,
        String address,
        String method,
        String path,
        @Nullable String run,
        @Nullable Integer status) {}
