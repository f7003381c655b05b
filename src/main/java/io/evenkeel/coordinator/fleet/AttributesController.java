package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.selection.Attributes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Accepts a device's attributes over HTTP. */
@RestController
@Tag(name = "Devices")
class AttributesController {

    private final ClientProfiles profiles;

    AttributesController(ClientProfiles profiles) {
        this.profiles = profiles;
    }

    @PutMapping(path = "/api/v1/clients/me/attributes", consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(Attributes.LARGEST_JSON)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Report attributes",
            description = "Replaces all attributes that the device has reported. Operators' labels stay.")
    void reportAttributes(@RequestBody Report report, @AuthenticationPrincipal Caller.Device device) {
        profiles.report(device.client(), Attributes.reported("attributes", report.required()));
    }

    /** The attributes that a device reports. */
    @Schema(name = "AttributesReport")
    record Report(
            @Schema(
                    description = "at most 32 keys and values in the syntax of Kubernetes labels",
                    example = "{\"region\": \"eu\", \"app-version\": \"3.2\"}",
                    requiredMode = Schema.RequiredMode.REQUIRED)
            @Nullable
            Map<String, @Nullable String> attributes) {

        Map<String, @Nullable String> required() {
            if (attributes == null) {
                throw ProblemKind.INVALID
                        .because("attributes: is missing, expected an object, which may be empty", "add it")
                        .with("field", "attributes");
            }
            return attributes;
        }
    }
}
