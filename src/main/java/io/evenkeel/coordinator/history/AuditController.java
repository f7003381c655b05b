package io.evenkeel.coordinator.history;

import io.evenkeel.coordinator.run.Plans;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Audits over HTTP. */
@Tag(name = "Runs")
@RestController
class AuditController {

    private final Plans plans;
    private final Audits audits;

    AuditController(Plans plans, Audits audits) {
        this.plans = plans;
        this.audits = audits;
    }

    @Operation(
            summary = "Audit a run",
            description = "Adds up w_i g_i of all members from the stored messages and compares the result with S."
                    + " Takes as long as reading all of them; the run goes on meanwhile.")
    @PostMapping(path = "/api/v1/runs/{run}/audit", produces = MediaType.APPLICATION_JSON_VALUE)
    AuditReport audit(@PathVariable String run) {
        return audits.of(plans.named(run));
    }
}
