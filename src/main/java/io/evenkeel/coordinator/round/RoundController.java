package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.draw.RoundDraws;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.round.RoundRecord;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves the records of closed rounds over HTTP. */
@Tag(name = "Runs")
@RestController
@RequestMapping(path = "/api/v1/runs/{run}/rounds", produces = MediaType.APPLICATION_JSON_VALUE)
class RoundController {

    private static final int MAX_AT_ONCE = 1000;

    private final PlanCache plans;
    private final RoundRecords records;
    private final OpenRounds open;
    private final RoundDraws draws;

    RoundController(PlanCache plans, RoundRecords records, OpenRounds open, RoundDraws draws) {
        this.plans = plans;
        this.records = records;
        this.open = open;
        this.draws = draws;
    }

    @Operation(summary = "List closed rounds", description = "In order, starting at a round; at most 1000 per request.")
    @GetMapping
    List<RoundRecord> listRounds(
            @PathVariable String run,
            @RequestParam(defaultValue = "0") int from,
            @RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MAX_AT_ONCE) {
            throw ProblemKind.MALFORMED
                    .because("parameter 'limit' is " + limit + ", expected 1 to " + MAX_AT_ONCE, "correct it")
                    .with("field", "limit");
        }
        return records.list(plans.named(run).run(), from, limit);
    }

    @Operation(
            summary = "Inspect the open round",
            description = "The members that were asked and have not answered, and what the round waits for.")
    @GetMapping("/open")
    OpenRound getOpenRound(@PathVariable String run) {
        return open.of(plans.named(run));
    }

    /**
     * The members that a round asked.
     *
     * @param round k
     * @param eligible the number of members that the run's selector chose when the round was opened or extended
     * @param asked the ordinals of those asked, ascending
     */
    @Schema(name = "RoundDraw")
    record DrawView(int round, int eligible, List<Integer> asked) {}

    @Operation(
            summary = "List the members that a round asked",
            description =
                    "Only for runs that choose members by attributes, which store each round's draw. In other runs the"
                            + " draw follows from the seed, the round and the members.")
    @GetMapping("/{round}/draw")
    DrawView getDraw(@PathVariable String run, @PathVariable int round) {
        return draws.find(plans.named(run).run(), round)
                .map(draw -> new DrawView(
                        round, draw.eligible(), draw.asked().stream().boxed().toList()))
                .orElseThrow(() -> ProblemKind.ROUND_NOT_FOUND
                        .because(
                                "run '" + run + "' has no stored draw of round " + round,
                                "only rounds of runs with devices.sample or devices.stratifyBy have one")
                        .with("round", round));
    }

    @Operation(summary = "Inspect a closed round")
    @GetMapping("/{round}")
    RoundRecord getRound(@PathVariable String run, @PathVariable int round) {
        return records.find(plans.named(run).run(), round)
                .orElseThrow(() -> ProblemKind.ROUND_NOT_FOUND
                        .because(
                                "run '" + run + "' has no closed round " + round,
                                "list the closed rounds with GET /api/v1/runs/" + run + "/rounds")
                        .with("round", round));
    }
}
