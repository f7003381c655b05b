package io.evenkeel.cli.context;

import java.net.URI;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A coordinator and the credentials for it.
 *
 * @param name the name by which the context is chosen
 * @param coordinator the address, without {@code /api}
 * @param token the bearer token of the coordinator, or the identity provider's access token
 * @param session how to renew the token, if it is an identity provider's
 */
record Context(
        String name,
        URI coordinator,
        String token,
        @Nullable Session session) {

    /**
     * A login with an identity provider.
     *
     * @param tokenEndpoint the address that renews tokens
     * @param clientId the application's id at the provider
     * @param refreshToken renews the access token; null if the provider gave none
     * @param expiresAt when the access token expires
     */
    record Session(
            URI tokenEndpoint, String clientId, @Nullable String refreshToken, Instant expiresAt) {

        /** Omits the refresh token. */
        @Override
        public String toString() {
            return "Session[" + tokenEndpoint + ", " + clientId + ", " + expiresAt + "]";
        }
    }

    /** Omits the token. */
    @Override
    public String toString() {
        return "Context[" + name + ", " + coordinator + "]";
    }
}
