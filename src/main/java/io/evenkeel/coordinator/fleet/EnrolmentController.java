package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.access.ClientCertificates;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.problem.DisplayName;
import io.evenkeel.engine.selection.Attributes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Enrols devices over HTTP: exchanges an enrolment token for an id and a secret. */
@RestController
@RequestMapping(path = "/api/v1/enrolments", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Fleet")
class EnrolmentController {

    private final Enrolment enrolment;
    private final ClientCertificates certificates;

    EnrolmentController(Enrolment enrolment, ClientCertificates certificates) {
        this.enrolment = enrolment;
        this.certificates = certificates;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL + Attributes.LARGEST_JSON)
    @ResponseStatus(HttpStatus.CREATED)
    @SecurityRequirements
    @Operation(
            summary = "Enrol a device",
            description = "The enrolment token in the body is the credential. The secret is shown only once; send"
                    + " it as the"
                    + " bearer token in later requests. If the response is lost, repeat the request with the same"
                    + " Idempotency-Key: a repeated request does not use the token again.")
    Enrolment.Enrolled enrol(
            @Valid @RequestBody Request request,
            @Parameter(description = "a random, secret value: it can take the place of the token")
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Pattern(regexp = "[\\x21-\\x7e]{16,200}", message = "must be 16 to 200 visible ASCII characters")
                    @Nullable
                    String idempotencyKey,
            HttpServletRequest connection) {
        String certificate = certificates.requiredIn(connection);
        Attributes attributes = request.attributes() == null
                ? Attributes.NONE
                : Attributes.reported("attributes", request.attributes());
        return enrolment.enrol(
                request.token(), new Enrolment.Description(request.name(), attributes, certificate), idempotencyKey);
    }

    /** An enrolment request. */
    @Schema(name = "EnrolmentRequest")
    record Request(
            @NotBlank @Size(max = 200) @Schema(example = "evk_enrol_…")
            String token,

            @Size(max = 100) @DisplayName @Schema(description = "shown to operators", example = "meter-17") @Nullable
            String name,

            @Schema(
                    description = "at most 32 keys and values in the syntax of Kubernetes labels",
                    example = "{\"region\": \"eu\", \"app-version\": \"3.2\"}")
            @Nullable
            Map<String, @Nullable String> attributes) {

        /** Returns a description without the token. */
        @Override
        public String toString() {
            return "Request[" + name + "]";
        }
    }
}
