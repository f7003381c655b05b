package io.evenkeel.coordinator.access;

import io.evenkeel.engine.permission.AccessRight;
import io.evenkeel.engine.permission.AccessRole;
import io.evenkeel.engine.permission.Permissions;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Returns the identity and permissions of the caller to operators and viewers. */
@RestController
@Tag(name = "Access")
class CallerController {

    /**
     * The identity and permissions of the caller.
     *
     * @param name the caller's name in the audit log
     * @param role operator, who may read and change data, or viewer, who may only read
     * @param rights its additional rights
     * @param runs patterns of the names of the runs that it may use, {@code *} for all
     */
    record CallerView(String name, AccessRole role, List<AccessRight> rights, List<String> runs) {}

    @GetMapping(path = "/api/v1/caller", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Show the caller's name and permissions")
    CallerView getCaller(@AuthenticationPrincipal Caller.Person caller) {
        Permissions permissions = caller.permissions();
        return new CallerView(
                caller.name(),
                permissions.role(),
                permissions.sortedRights(),
                permissions.runs().patterns());
    }
}
