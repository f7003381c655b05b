package io.evenkeel.coordinator.audit;

import io.evenkeel.coordinator.access.Caller;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves the audit log to operators and viewers over HTTP. */
@RestController
@Tag(name = "Access")
class AuditLogController {

    private final AuditLog log;

    AuditLogController(AuditLog log) {
        this.log = log;
    }

    @GetMapping(path = "/api/v1/audit-log", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            summary = "Read the audit log, newest entries first",
            description =
                    "Contains every request of an operator or viewer that changes something, exports, or downloads a"
                            + " model, including refused ones. The filters for device, actor, method and path search the"
                            + " newest 100,000 entries of the given run and time.")
    List<AuditEntry> listAuditLog(
            @Parameter(description = "the id of the last entry of the previous page")
                    @RequestParam(required = false)
                    @Nullable
                    Long before,
            @Parameter(description = "only entries of this run") @RequestParam(required = false) @Nullable String run,
            @Parameter(description = "only entries of requests to this device, by its id")
                    @RequestParam(required = false)
                    @Pattern(regexp = "[A-Za-z0-9-]{1,64}", message = "must be the id of a device")
                    @Nullable
                    String client,
            @Parameter(description = "only entries of actors whose names contain this")
                    @RequestParam(required = false)
                    @Size(max = 200)
                    @Nullable
                    String actor,
            @Parameter(description = "only requests with this HTTP method")
                    @RequestParam(required = false)
                    @Pattern(
                            regexp = "GET|POST|PUT|PATCH|DELETE",
                            message = "must be one of GET, POST, PUT, PATCH, DELETE")
                    @Nullable
                    String method,
            @Parameter(description = "only requests whose path and query contain this, such as /rollouts")
                    @RequestParam(required = false)
                    @Size(max = 400)
                    @Nullable
                    String path,
            @Parameter(description = "only entries from this time on") @RequestParam(required = false) @Nullable
                    Instant since,
            @Parameter(description = "only entries before this time") @RequestParam(required = false) @Nullable
                    Instant until,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit,
            @AuthenticationPrincipal Caller.Person caller) {
        return log.newest(
                new AuditLog.Choice(before, run, client, actor, method, path, since, until),
                caller.permissions().runs(),
                limit);
    }
}
