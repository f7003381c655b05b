package io.evenkeel.coordinator.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A webhook without its secret.
 *
 * @param id its id
 * @param url the address that deliveries are posted to
 * @param description its purpose, if stated
 * @param events the types of events that it gets; empty for all
 * @param run the only run whose events it gets; null for every run
 * @param createdBy the name of the operator who created it
 * @param createdAt when it was created
 */
@Schema(name = "Webhook")
@JsonInclude(JsonInclude.Include.NON_NULL)
record Webhook(
        String id,
        String url,
        @Nullable String description,
        List<String> events,
        @Nullable String run,
        String createdBy,
        Instant createdAt) {

    /** Returns whether it gets events of a type; the run is null for events that do not belong to a run. */
    boolean wants(String type, @Nullable String ofRun) {
        return (events.isEmpty() || events.contains(type)) && (run == null || run.equals(ofRun));
    }
}
