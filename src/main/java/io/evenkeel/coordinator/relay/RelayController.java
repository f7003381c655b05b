package io.evenkeel.coordinator.relay;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.member.MemberQuery;
import io.evenkeel.coordinator.member.RelayedDevices;
import io.evenkeel.coordinator.run.PlanCache;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows the relays below this coordinator and its upstream coordinator over HTTP. */
@Tag(name = "System")
@RestController
class RelayController {

    private final RelaySettings settings;
    private final RelayLink link;
    private final RelayReport report;
    private final RelayedModels models;
    private final MemberQuery members;
    private final PlanCache plans;
    private final Clock clock;

    RelayController(
            RelaySettings settings,
            RelayLink link,
            RelayReport report,
            RelayedModels models,
            MemberQuery members,
            PlanCache plans,
            Clock clock) {
        this.settings = settings;
        this.link = link;
        this.report = report;
        this.models = models;
        this.members = members;
        this.plans = plans;
        this.clock = clock;
    }

    @Operation(
            summary = "Show the relays below, and the coordinator above",
            description = "Relays that are members of runs which are not over, those of the newest run first, at most"
                    + " 1000; and the run above if this coordinator is a relay itself.")
    @GetMapping(path = "/api/v1/relays", produces = MediaType.APPLICATION_JSON_VALUE)
    RelayTree getRelays(
            @Parameter(description = "only relays of this run, which may be over")
                    @RequestParam(required = false)
                    @Nullable
                    String run,
            @AuthenticationPrincipal Caller.Person reader) {
        if (run != null) {
            reader.requireRun(run);
            PlanCache.Known unused = plans.named(run);
        }
        Instant now = clock.instant();
        List<RelayTree.Below> below = members.chosenBy(RelayedDevices.RELAYS, run).stream()
                .filter(relay -> reader.permissions().runs().contain(relay.run()))
                .map(relay -> RelayTree.Below.of(relay, now))
                .toList();
        return new RelayTree(upstream(reader), below);
    }

    private RelayTree.@Nullable Upstream upstream(Caller.Person reader) {
        if (settings.run() == null || !reader.permissions().runs().contain(settings.run())) {
            return null;
        }
        return RelayTree.Upstream.of(settings, link.snapshot(), report.site(), models.states());
    }
}
