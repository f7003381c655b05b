package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.access.Caller;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Rotates a device's secret over HTTP. */
@RestController
@Tag(name = "Devices")
class SecretController {

    private final EnrolledClients fleet;

    SecretController(EnrolledClients fleet) {
        this.fleet = fleet;
    }

    @PostMapping(path = "/api/v1/clients/me/secret", produces = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            summary = "Get a new secret",
            description = "The old secret is valid until the new one is first used. If the response is lost, repeat the"
                    + " request.")
    Enrolment.Enrolled rotateSecret(@AuthenticationPrincipal Caller.Device device) {
        return new Enrolment.Enrolled(device.client(), fleet.rotate(device.client()));
    }
}
