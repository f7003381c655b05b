package io.evenkeel.coordinator.access;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Describes how people sign in with the identity provider from a browser. Thread-safe. */
@Component
public class InteractiveSignIn {

    private final OidcSettings settings;
    private final @Nullable URI issuer;

    /**
     * Creates the description.
     *
     * @throws IllegalArgumentException if a client is set without an issuer, or the issuer is not a URL
     */
    InteractiveSignIn(
            OidcSettings settings, @Value("${spring.security.oauth2.resourceserver.jwt.issuer-uri:}") String issuer) {
        this.settings = settings;
        this.issuer = settings.clientId() == null ? null : checked(issuer);
    }

    private static URI checked(String issuer) {
        if (!issuer.matches("https?://[^/?#]+[^?#]*")) {
            throw new IllegalArgumentException(
                    "evenkeel.oidc.client-id is set, but spring.security.oauth2.resourceserver.jwt.issuer-uri is '"
                            + issuer + "': expected the provider's issuer, such as https://login.example/realms/fleet");
        }
        return URI.create(issuer);
    }

    /**
     * Returns the origin of the provider's URLs, such as {@code https://login.example}; empty if sign-in is
     * not configured.
     */
    public Optional<String> origin() {
        return Optional.ofNullable(issuer).map(address -> address.getScheme() + "://" + address.getRawAuthority());
    }

    /** Returns the provider's issuer; empty if sign-in is not configured. */
    Optional<String> issuer() {
        return Optional.ofNullable(issuer).map(URI::toString);
    }

    /** Returns the id of the public client at the provider. */
    @Nullable
    String clientId() {
        return settings.clientId();
    }

    /** Returns the scope to request from the provider. */
    String scope() {
        return settings.scope();
    }
}
