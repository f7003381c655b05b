package io.evenkeel.coordinator.security;

import io.evenkeel.coordinator.access.Authenticator;
import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.engine.problem.ProblemException;
import org.springframework.stereotype.Component;

/** Rechecks the credentials of a long request while it is in progress. Thread-safe. */
@Component
public class CredentialCheck {

    private final Authenticator authenticator;

    CredentialCheck(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    /**
     * Returns whether credentials are still valid, neither revoked nor expired.
     *
     * @param authorization the value of the Authorization header, with the scheme
     */
    public boolean isValid(String authorization) {
        try {
            Caller unused = authenticator.authenticate(BearerTokenFilter.token(authorization), null, () -> {});
            return true;
        } catch (ProblemException refused) {
            return false;
        }
    }
}
