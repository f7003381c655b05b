package io.evenkeel.coordinator.security;

import io.evenkeel.coordinator.access.Authenticator;
import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import org.springframework.stereotype.Component;

/** Checks the credentials of a long request again while it goes on. Thread-safe. */
@Component
public class CredentialCheck {

    private final Authenticator authenticator;

    CredentialCheck(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    /**
     * Returns whether credentials that were valid still are: not revoked, and not expired.
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
