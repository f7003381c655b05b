package io.evenkeel.coordinator.access;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.oidc}: which users of an OpenID Connect provider are operators or viewers. The provider is set
 * under {@code spring.security.oauth2.resourceserver.jwt}; without it, JSON Web Tokens are refused.
 *
 * @param roleClaim the claim that contains the roles, as a list or as words in one text; dots separate nested claims, as in {@code
 *     realm_access.roles}; default {@code roles}
 * @param operatorRole the role of operators, default {@code evenkeel-operator}
 * @param viewerRole the role of viewers, default {@code evenkeel-viewer}
 * @param nameClaim the claim with the caller's name for the audit log, default {@code sub}
 * @param clientId the public client at the provider as which the console signs people in; absent or empty if it does not
 * @param scope what the console asks the provider for, default {@code openid}
 */
@ConfigurationProperties("evenkeel.oidc")
record OidcSettings(
        @DefaultValue("roles") String roleClaim,
        @DefaultValue("evenkeel-operator") String operatorRole,
        @DefaultValue("evenkeel-viewer") String viewerRole,
        @DefaultValue("sub") String nameClaim,
        @Nullable String clientId,
        @DefaultValue("openid") String scope) {

    /** Treats an empty client id as none. */
    OidcSettings {
        clientId = clientId == null || clientId.isBlank() ? null : clientId;
    }
}
