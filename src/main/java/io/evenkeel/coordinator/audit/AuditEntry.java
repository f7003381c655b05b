package io.evenkeel.coordinator.audit;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An entry in the audit log: a request to change something, to export, or to download a model, even if it was
 * refused.
 *
 * @param id the id, ascending in time
 * @param at the time of the request, or of the newest one if the entry represents several
 * @param actor the name of the token, or the subject of the identity provider's token, or the setting that
 *     caused a deletion
 * @param role operator, viewer or setting
 * @param address the address of the caller, or a dash
 * @param method the method, such as POST
 * @param path the path and the query as sent, without tokens, at most 400 characters; {@code *} for refused
 *     requests beyond the first 100 different ones of a caller in a day
 * @param run the run concerned, or null
 * @param status the status of the response; null if the coordinator stopped before responding
 * @param count the number of identical refused requests that this entry represents; otherwise 1
 * @param firstAt the time of the first of them; null if there is only one
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
        @Nullable Integer status,
        long count,
        @Nullable Instant firstAt) {}
