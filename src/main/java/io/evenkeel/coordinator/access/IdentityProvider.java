package io.evenkeel.coordinator.access;

import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.time.TrustedTime;
import io.evenkeel.engine.permission.Permissions;
import io.evenkeel.engine.problem.DisplayText;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.stereotype.Component;

/**
 * Authenticates operators and viewers with tokens from an OpenID Connect provider, if one is configured.
 * Thread-safe.
 */
@Component
class IdentityProvider {

    /** The prefix of its callers' names. */
    static final String PREFIX = "oidc:";

    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** The clock skew that the decoder also allows. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private final @Nullable JwtDecoder decoder;
    private final OidcSettings settings;
    private final Map<String, Permissions> permissions;
    private final FailureLog failures;
    private final TrustedTime time;

    IdentityProvider(ObjectProvider<JwtDecoder> decoder, OidcSettings settings, FailureLog failures, TrustedTime time) {
        this.decoder = decoder.getIfAvailable();
        this.settings = settings;
        this.permissions = permissions(settings);
        this.failures = failures;
        this.time = time;
    }

    /** Returns whether a token is a JSON Web Token and a provider is configured, so that {@link #caller} can check it. */
    boolean knows(String token) {
        return decoder != null
                && token.startsWith("eyJ")
                && token.chars().filter(c -> c == '.').count() == 2;
    }

    /**
     * Returns the operator or viewer that a token identifies.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code unauthenticated} if the token was not issued
     *     by the provider, is not for this service, or has expired; {@code forbidden} if it names no role or
     *     group; {@code busy} if the provider's keys cannot be read
     */
    Caller caller(String token) {
        Jwt jwt = decode(token);
        Collection<?> roles = roles(jwt);
        return permissions.entrySet().stream()
                .filter(group -> roles.contains(group.getKey()))
                .findFirst()
                .map(group -> Caller.Person.of(name(jwt), group.getValue()))
                .orElseThrow(() -> ProblemKind.FORBIDDEN.because(
                        "the token's claim '" + settings.roleClaim() + "' has none of "
                                + String.join(", ", permissions.keySet()),
                        "ask for one of these at the identity provider"));
    }

    /** Returns the permissions of each value of the role claim, in order of precedence. */
    private static Map<String, Permissions> permissions(OidcSettings settings) {
        Map<String, Permissions> permissions = new LinkedHashMap<>();
        permissions.put(settings.operatorRole(), Permissions.OPERATOR);
        settings.groups().forEach(group -> permissions.putIfAbsent(group.name(), group.permissions()));
        permissions.putIfAbsent(settings.viewerRole(), Permissions.VIEWER);
        return permissions;
    }

    private Jwt decode(String token) {
        if (decoder == null) {
            throw new IllegalStateException("no identity provider is configured");
        }
        try {
            Jwt jwt = decoder.decode(token);
            requireValidIfClockIsBehind(jwt);
            return jwt;
        } catch (BadJwtException e) {
            throw ProblemKind.UNAUTHENTICATED.because(
                    "the identity provider's token is not valid: " + e.getMessage(),
                    "log in again and send the new token");
        } catch (JwtException e) {
            failures.warn("The identity provider's keys cannot be read, so its tokens are refused", e);
            throw ProblemKind.BUSY
                    .because(
                            "the identity provider's keys cannot be read, so its token cannot be checked",
                            "try again, or use an operator's or viewer's token")
                    .retryAfter(PAUSE);
        }
    }

    /**
     * Checks the expiry again, because the decoder compared it with the clock, which may have been set back.
     */
    private void requireValidIfClockIsBehind(Jwt jwt) {
        Instant expiresAt = jwt.getExpiresAt();
        if (time.ahead().isNegative()
                && expiresAt != null
                && expiresAt.isBefore(time.forExpiry().minus(SKEW))) {
            throw new BadJwtException("it expired at " + expiresAt + ", and the coordinator's clock is behind");
        }
    }

    private String name(Jwt jwt) {
        String name = jwt.getClaimAsString(settings.nameClaim());
        return PREFIX + DisplayText.escape(name == null ? String.valueOf(jwt.getSubject()) : name);
    }

    private Collection<?> roles(Jwt jwt) {
        Object claim = jwt.getClaim(settings.roleClaim());
        if (claim == null) {
            claim = jwt.getClaims();
            for (String step : settings.roleClaim().split("\\.", -1)) {
                claim = claim instanceof Map<?, ?> object ? object.get(step) : null;
            }
        }
        if (claim instanceof Collection<?> list) {
            return list;
        }
        return claim instanceof String words ? List.of(words.split(" ", -1)) : List.of();
    }
}
