package io.evenkeel.coordinator.access;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Locale;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells operators and viewers who they are. */
@RestController
@Tag(name = "Access")
class CallerController {

    /**
     * Whose credentials a request carried.
     *
     * @param name what the audit log calls the caller
     * @param role {@code operator} or {@code viewer}
     */
    record CallerView(String name, String role) {}

    @GetMapping(path = "/api/v1/caller", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Tell whose credentials these are, and what they allow")
    CallerView caller(@Parameter(hidden = true) @AuthenticationPrincipal Caller caller) {
        return new CallerView(caller.name(), caller.role().toLowerCase(Locale.ROOT));
    }
}
