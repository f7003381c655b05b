package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.run.PlanCache;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The records of closed rounds over HTTP. */
@Tag(name = "Runs")
@RestController
@RequestMapping(path = "/api/v1/runs/{run}/rounds", produces = MediaType.APPLICATION_JSON_VALUE)
class RoundController {

    private static final int MOST_AT_ONCE = 1000;

    private final PlanCache plans;
    private final RoundRecords records;
    private final OpenRounds open;

    RoundController(PlanCache plans, RoundRecords records, OpenRounds open) {
        this.plans = plans;
        this.records = records;
        this.open = open;
    }

    @Operation(summary = "List closed rounds", description = "In their order, from a round on; at most 1000 at once.")
    @GetMapping
    List<RoundRecord> list(
            @PathVariable String run,
            @RequestParam(defaultValue = "0") int from,
            @RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MOST_AT_ONCE) {
            throw ProblemKind.MALFORMED
                    .because("parameter 'limit' is " + limit + ", expected 1 to " + MOST_AT_ONCE, "correct it")
                    .with("field", "limit");
        }
        return records.list(plans.named(run).run(), from, limit);
    }

    @Operation(
            summary = "Inspect the open round",
            description = "Who was asked and has not answered, and what the round waits for.")
    @GetMapping("/open")
    OpenRound open(@PathVariable String run) {
        return open.of(plans.named(run));
    }

    @Operation(summary = "Inspect a closed round")
    @GetMapping("/{round}")
    RoundRecord get(@PathVariable String run, @PathVariable int round) {
        return records.find(plans.named(run).run(), round)
                .orElseThrow(() -> ProblemKind.ROUND_NOT_FOUND
                        .because(
                                "run '" + run + "' has no closed round " + round,
                                "list those there are with GET /api/v1/runs/" + run + "/rounds")
                        .with("round", round));
    }
}
