package io.evenkeel.coordinator.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the public settings for signing in. */
@RestController
@Tag(name = "Access")
class SignInController {

    private final InteractiveSignIn signIn;

    SignInController(InteractiveSignIn signIn) {
        this.signIn = signIn;
    }

    /**
     * The sign-in method that needs no token.
     *
     * @param openIdConnect the identity provider, absent if none is configured for browsers
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SignInView(@Nullable Provider openIdConnect) {

        /**
         * An identity provider.
         *
         * @param issuer its issuer, where its metadata is found
         * @param clientId the public client to sign in as, with the authorization code and PKCE
         * @param scope the scopes to request, separated by spaces
         */
        record Provider(String issuer, @Nullable String clientId, String scope) {}
    }

    @SecurityRequirements
    @GetMapping(path = "/api/v1/sign-in", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Show how people sign in", description = "Needs no credentials.")
    SignInView getSignIn() {
        return new SignInView(signIn.issuer()
                .map(issuer -> new SignInView.Provider(issuer, signIn.clientId(), signIn.scope()))
                .orElse(null));
    }
}
