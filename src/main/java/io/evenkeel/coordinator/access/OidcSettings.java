package io.evenkeel.coordinator.access;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.oidc}: who is an operator or viewer among those whom an OpenID Connect provider vouches for. The
 * provider itself is set under {@code spring.security.oauth2.resourceserver.jwt}; without it, its tokens are refused.
 *
 * @param roleClaim the claim that holds roles, a list or words in one text; dots lead into objects, as in
 *     {@code realm_access.roles}; default {@code roles}
 * @param operatorRole the role that makes an operator, default {@code evenkeel-operator}
 * @param viewerRole the role that makes a viewer, default {@code evenkeel-viewer}
 * @param nameClaim the claim that the audit log names the caller by, default {@code sub}
 */
@ConfigurationProperties("evenkeel.oidc")
record OidcSettings(
        @DefaultValue("roles") String roleClaim,
        @DefaultValue("evenkeel-operator") String operatorRole,
        @DefaultValue("evenkeel-viewer") String viewerRole,
        @DefaultValue("sub") String nameClaim) {}
