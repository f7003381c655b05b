package io.evenkeel.coordinator.overview;

import io.evenkeel.coordinator.access.Caller;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the overview over HTTP. */
@Tag(name = "System")
@RestController
class OverviewController {

    private final OverviewReader overview;

    OverviewController(OverviewReader overview) {
        this.overview = overview;
    }

    @Operation(
            summary = "Show what waits for an operator, the running runs, and the latest events",
            description = "Covers the caller's runs; for callers with all runs also roll-outs, aliases, relays and the"
                    + " installation. Each waiting item has a code, a sentence and a command.")
    @GetMapping(path = "/api/v1/overview", produces = MediaType.APPLICATION_JSON_VALUE)
    Overview getOverview(@AuthenticationPrincipal Caller.Person reader) {
        return overview.read(reader.permissions().runs());
    }
}
