package io.evenkeel.coordinator.system;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The firing alerts of this product.
 *
 * @param askedAt when Prometheus was queried
 * @param problem why it did not respond, absent if it did
 * @param firing the alerts, the longest firing first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record FiringAlerts(Instant askedAt, @Nullable String problem, List<Alert> firing) {

    /**
     * An alert.
     *
     * @param name its name, such as {@code EvenkeelRunStalled}; docs/runbook.md says what to do
     * @param severity its label
     * @param run the run concerned, if it is one
     * @param summary what is wrong
     * @param since the time when it began
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Alert(
            String name,
            @Nullable String severity,
            @Nullable String run,
            @Nullable String summary,
            @Nullable Instant since) {}
}
