package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.run.PlanCache;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the verification of a sum over HTTP. */
@Tag(name = "Runs")
@RestController
class SumVerificationController {

    private final PlanCache plans;
    private final SumVerification audits;
    private final SumChecks checks;

    SumVerificationController(PlanCache plans, SumVerification audits, SumChecks checks) {
        this.plans = plans;
        this.audits = audits;
        this.checks = checks;
    }

    @Operation(
            summary = "Audit a run",
            description = "Computes the sum of w_i g_i of all members from the stored messages and compares it with S."
                    + " Takes as long as reading all messages; the run continues meanwhile.")
    @PostMapping(path = "/api/v1/runs/{run}/audit", produces = MediaType.APPLICATION_JSON_VALUE)
    SumVerificationReport audit(@PathVariable String run) {
        PlanCache.Known known = plans.named(run);
        try {
            SumVerificationReport report = audits.of(known);
            checks.verified(report);
            return report;
        } catch (ProblemException e) {
            if (e.problem() == ProblemKind.STORAGE_DAMAGED) {
                checks.damaged(known.plan().name());
            }
            throw e;
        }
    }
}
