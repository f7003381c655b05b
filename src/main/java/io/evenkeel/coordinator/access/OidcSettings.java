package io.evenkeel.coordinator.access;

import io.evenkeel.engine.permission.AccessRight;
import io.evenkeel.engine.permission.AccessRole;
import io.evenkeel.engine.permission.Permissions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.oidc}: which users of an OpenID Connect provider are operators or viewers. The
 * provider is set under {@code spring.security.oauth2.resourceserver.jwt}; without it, JSON Web Tokens are refused.
 *
 * @param roleClaim the claim that contains the roles, as a list or as words in one string; dots separate nested claims,
 *     as in {@code realm_access.roles}; default {@code roles}
 * @param operatorRole the role of operators, default {@code evenkeel-operator}
 * @param viewerRole the role of viewers, default {@code evenkeel-viewer}
 * @param nameClaim the claim with the caller's name for the audit log, default {@code sub}
 * @param clientId the public client at the provider with which the console signs people in; absent or empty if the
 *     console does not use the provider
 * @param scope the scope that the console requests, default {@code openid}
 * @param groups further values of the role claim with their permissions; if a caller has several of them, the first in
 *     this list applies; default none
 */
@ConfigurationProperties("evenkeel.oidc")
record OidcSettings(
        @DefaultValue("roles") String roleClaim,
        @DefaultValue("evenkeel-operator") String operatorRole,
        @DefaultValue("evenkeel-viewer") String viewerRole,
        @DefaultValue("sub") String nameClaim,
        @Nullable String clientId,
        @DefaultValue("openid") String scope,
        @DefaultValue List<Group> groups) {

    /** Treats an empty client id as none. */
    OidcSettings {
        clientId = clientId == null || clientId.isBlank() ? null : clientId;
    }

    /**
     * The permissions that a value of the role claim grants.
     *
     * @param name the value, such as a group's name or id
     * @param role operator or viewer
     * @param rights approve and mint; if absent, both for an operator of all runs, and otherwise none
     * @param runs patterns of the names of the only runs that it may use, such as {@code fleet-a-*}; if absent, all
     */
    record Group(
            String name,
            AccessRole role,
            @Nullable List<AccessRight> rights,
            @Nullable List<String> runs) {

        /**
         * Checks the settings.
         *
         * @throws IllegalArgumentException if there is no name or role, a pattern is wrong, or the rights are
         *     not allowed with these runs
         */
        Group {
            if (name == null || name.isBlank() || role == null) {
                throw new IllegalArgumentException(
                        "evenkeel.oidc.groups has a group without a name or a role: set both, the role to operator or"
                                + " viewer");
            }
            Permissions unused = permissions(name, role, rights, runs);
        }

        Permissions permissions() {
            return permissions(name, role, rights, runs);
        }

        private static Permissions permissions(
                String name, AccessRole role, @Nullable List<AccessRight> rights, @Nullable List<String> runs) {
            try {
                return Permissions.of(role, rights, runs);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("evenkeel.oidc.groups: '" + name + "' " + e.getMessage(), e);
            }
        }
    }
}
