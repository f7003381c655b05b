package io.evenkeel.coordinator.membership;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.problem.ProblemKind;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Accepts devices' reports that acknowledged messages are lost. */
@Tag(name = "Devices")
@RestController
class LostMessageController {

    private final PlanCache plans;
    private final LostMessageReports reports;

    LostMessageController(PlanCache plans, LostMessageReports reports) {
        this.plans = plans;
        this.reports = reports;
    }

    /**
     * The newest message for which a device has a receipt.
     *
     * @param sequence its number
     * @param round its round
     */
    record NewestReceipt(@Nullable Long sequence, @Nullable Integer round) {}

    @Operation(
            summary = "Report lost messages",
            description =
                    "Names the newest message for which this device has a receipt. If the coordinator's sequence is"
                            + " smaller, its database was restored to an earlier state: it records how many messages are"
                            + " lost, for the operator. Repeating the report changes nothing. The device then adopts the"
                            + " coordinator's state.")
    @PutMapping(path = "/api/v1/runs/{run}/members/me/lost", consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void report(
            @PathVariable String run,
            @RequestBody NewestReceipt receipt,
            @AuthenticationPrincipal Caller.Device device) {
        long sequence = natural("sequence", receipt.sequence());
        long round = natural(
                "round", receipt.round() == null ? null : receipt.round().longValue());
        reports.report(plans.named(run), device.client(), sequence, (int) round);
    }

    private static long natural(String field, @Nullable Long value) {
        if (value == null || value < 0) {
            throw ProblemKind.INVALID
                    .because(field + ": is " + value + ", expected a number from 0", "take it from the newest receipt")
                    .with("field", field);
        }
        return value;
    }
}
