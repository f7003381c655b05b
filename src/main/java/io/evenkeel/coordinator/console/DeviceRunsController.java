package io.evenkeel.coordinator.console;

import io.evenkeel.coordinator.member.MemberQuery;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Serves the runs of a device for its page. */
@Tag(name = "Fleet")
@RestController
class DeviceRunsController {

    private final MemberQuery members;

    DeviceRunsController(MemberQuery members) {
        this.members = members;
    }

    @Operation(
            summary = "List the runs that a client has joined, newest first",
            description = "Also those it has left.")
    @GetMapping(path = "/api/v1/clients/{client}/runs", produces = MediaType.APPLICATION_JSON_VALUE)
    List<MemberQuery.Joined> runs(@PathVariable String client) {
        return members.runsOf(client);
    }
}
