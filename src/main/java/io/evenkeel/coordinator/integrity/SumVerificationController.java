package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves the verification of a sum over HTTP. */
@Tag(name = "Runs")
@RestController
class SumVerificationController {

    private final PlanCache plans;
    private final HistoryChecks chains;
    private final SumVerification audits;
    private final SumChecks checks;

    SumVerificationController(PlanCache plans, HistoryChecks chains, SumVerification audits, SumChecks checks) {
        this.plans = plans;
        this.chains = chains;
        this.audits = audits;
        this.checks = checks;
    }

    @Operation(
            summary = "Audit a run",
            description = "Computes the sum of w_i g_i of all members from the stored messages and compares it with S."
                    + " Before that, compares the definition, its changes, the rounds and the members' chains with the"
                    + " run's hash chain, and pauses a run that does not match. Takes as long as reading all messages; the"
                    + " run continues meanwhile.")
    @PostMapping(path = "/api/v1/runs/{run}/audit", produces = MediaType.APPLICATION_JSON_VALUE)
    SumVerificationReport auditRun(
            @PathVariable String run,
            @Parameter(description = "A head of the hash chain that was stored elsewhere and must be in the chain")
                    @RequestParam(required = false)
                    @Pattern(regexp = "[0-9a-f]{64}", message = "must be a SHA-256 of 64 hexadecimal digits")
                    @Nullable
                    String head) {
        PlanCache.Known known = plans.named(run);
        ChainReport chain = chains.check(known.run());
        if (head != null) {
            chain = chain.withKept(chains.kept(known, head));
        }
        try {
            SumVerificationReport report = audits.of(known).with(chain);
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
